import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pageImports } from "./page-imports.ts";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pierogi-pages-"));
});
afterEach(() => rm(scratch, { recursive: true, force: true, maxRetries: 10 }));

async function write(file: string, source: string): Promise<void> {
  await mkdir(dirname(join(scratch, file)), { recursive: true });
  await writeFile(join(scratch, file), source);
}

it("lets a page import preact, styles, the protocol and the model", async () => {
  await write("map/page/page.tsx", 'import "../protocol.ts"; import "./a.css"; export const a = <p>a</p>;');
  await write("map/page/a.css", "p { color: red }");
  await write("map/protocol.ts", "export const version = 1;");
  await write("workshop/board/page/page.tsx", 'import "../../../model/index.ts"; import "preact/hooks";');
  await write("model/index.ts", "export {};");
  expect(await pageImports(scratch)).toEqual([]);
});

it("names an import of the program, of Node and of another package", async () => {
  await write(
    "map/page/page.tsx",
    'import "../../shared/menu.ts"; import "node:fs"; import "zod"; export const a = <p>a</p>;',
  );
  await write("shared/menu.ts", "export {};");
  expect((await pageImports(scratch)).toSorted()).toEqual(
    ["../../shared/menu.ts", "node:fs", "zod"]
      .map((path) => path.replace("../../", ""))
      .toSorted()
      .map((path) => `map/page/page.tsx imports ${path} (rule pages-run-in-browsers)`),
  );
});

it("names a file that is not there, and where", async () => {
  await write("map/page/page.tsx", 'import "./lost.ts";');
  expect(await pageImports(scratch)).toEqual([expect.stringMatching(/^map\/page\/page\.tsx:1 .*lost/)]);
});
