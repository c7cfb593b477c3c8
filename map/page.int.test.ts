import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { bundlePage } from "../web/bundle.ts";

it("the page is small, and names no other address", async () => {
  const assets = await bundlePage({ page: join(import.meta.dirname, "page/page.tsx") });
  expect([...assets.keys()].sort()).toEqual(["page.css", "page.js"]);
  const sizes = [...assets.values()].map(({ content }) => gzipSync(content).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  for (const { content } of assets.values()) {
    const addresses =
      Buffer.from(content)
        .toString("utf8")
        .match(/https?:\/\/[\w.]+/g) ?? [];
    // Names of namespaces, which nobody asks for.
    expect(addresses.filter((address) => !address.includes("www.w3.org"))).toEqual([]);
  }
});
