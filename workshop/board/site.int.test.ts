import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebServer } from "../../web/server.ts";
import { games } from "./games.ts";
import { serveBoard } from "./server.ts";
import { type Bundle, bundleBoard, pageForDisk } from "./site.ts";
import { leads, servedText, textForDisk } from "./texts.ts";

let bundle: Bundle;
let server: WebServer;
beforeAll(async () => {
  bundle = await bundleBoard();
  server = await serveBoard(0);
});
afterAll(() => server.close());

const compressed = (...texts: string[]): number =>
  texts.reduce((sum, text) => sum + gzipSync(text).byteLength, 0);
const root = join(import.meta.dirname, "../..");
const sha256 = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("the board's files", () => {
  it("are small", () => {
    const { page, style, checker, textStyle } = bundle;
    expect(compressed(page, style, checker, textStyle)).toBeLessThan(120_000);
    expect(compressed(pageForDisk(bundle))).toBeLessThan(120_000);
  });

  it("are one page from disk, which allows what is in it and nothing else", () => {
    const html = pageForDisk(bundle);
    const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    const scripts = [...html.matchAll(/<script type="module">(.*?)<\/script>/gs)].map(
      ([, script = ""]) => script,
    );
    expect(scripts).toHaveLength(1);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${sha256(scripts[0] ?? "")}`);
    expect(policy).toContain(`style-src ${sha256(style)}`);
    expect(html).not.toMatch(/(?:src|href)="(?!data:)[^"]*"/);
  });

  it("end no script early, whatever is in it", () => {
    const html = pageForDisk({ ...bundle, page: 'a("</script><!--")', checker: 'b("</script>")' });
    expect(html).toContain('a("<\\/script><\\!--")');
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });
});

describe("the board's server", () => {
  it("serves the page, its scripts and styles, by the strict policy", async () => {
    for (const [path, type] of [
      ["/", "text/html"],
      ["/page.js", "text/javascript"],
      ["/checker.js", "text/javascript"],
      ["/page.css", "text/css"],
      ["/text.css", "text/css"],
    ]) {
      const response = await fetch(`${server.url}${path}`);
      expect(response.status, path).toBe(200);
      expect(response.headers.get("content-type"), path).toContain(type);
      expect(response.headers.get("content-security-policy"), path).toMatch(
        /^default-src 'self';(?!.*unsafe)/,
      );
    }
  });

  it.each(leads)("serves the text that a game leads to: %s", async (file) => {
    const response = await fetch(`${server.url}/${file}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<h1");
  });

  it("serves no other file of the repository", async () => {
    for (const path of [
      "/package.json",
      "/workshop/GUIDE.md",
      "/workshop/steps/01/solution.md",
      "/workshop/board/page/app.tsx",
    ])
      expect((await fetch(`${server.url}${path}`)).status, path).toBe(404);
  });
});

describe("a text that a game leads to", () => {
  const markdown =
    "[next](../02/README.md#x), [lecture](../../lectures/L01.md), [away](https://example.org/)";
  const file = "workshop/steps/01/README.md";

  it("keeps the links that work there, on the server and from disk", () => {
    expect(servedText(file, markdown)).toContain(
      '<a href="/workshop/steps/02/README.md#x">next</a>, lecture, <a href="https://example.org/">away</a>',
    );
    expect(textForDisk(file, markdown, "")).toContain('<a href="../02/README.html#x">next</a>, lecture, ');
    expect(textForDisk(file, markdown, "")).toContain('<nav><a href="../../../index.html">');
  });

  it.each(games.flatMap(({ id, leadsTo }) => leadsTo.map((lead) => ({ id, ...lead }))))(
    "leads back to the game: $file to $id",
    async ({ id, file: lead }) => {
      const text = await readFile(join(root, lead), "utf8");
      expect(text).toMatch(new RegExp(`Play it first: [^.\\n]*\\b${id}\\b[^\\n]*npx pierogi board`));
    },
  );
});
