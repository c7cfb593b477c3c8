import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importRules } from "../bin/lint/import-rules.ts";
import { root } from "../bin/root.ts";

const breaches = [
  ["functions-are-thin", "functions/thick.ts", 'import "../emulators/server-process/index.ts";'],
  ["no-tests-in-functions", "functions/orders.test.ts", 'import "../shared/pierogi/menu.ts";'],
  ["shared-knows-no-host", "shared/to-host.ts", 'import "../emulators/server-process/index.ts";'],
  // A type alone is an import too: it ties the two folders together as firmly.
  [
    "shared-knows-no-host",
    "shared/type.ts",
    'export type { RunningServer } from "../emulators/server-process/index.ts";',
  ],
  ["emulators-know-no-program", "emulators/to-program.ts", 'import "../shared/pierogi/menu.ts";'],
  ["workshop-is-below-the-command-line", "workshop/to-command.ts", 'import "../bin/nearest.ts";'],
  ["map-sees-servers-only", "map/server/to-program.ts", 'import "../../shared/pierogi/menu.ts";'],
  ["web-knows-no-page", "web/to-map.ts", 'import "../bin/nearest.ts";'],
  ["pages-run-in-browsers", "workshop/board/page/node.ts", 'import "node:fs";'],
  ["servers-stand-alone", "emulators/cosmos/to-other.ts", 'import "../service-bus/other.ts";'],
  ["business-is-pure", "shared/pierogi/impure.ts", 'import "node:fs";'],
  ["core-sees-no-sdk", "shared/exactly-once/sdk.ts", 'import "@azure/cosmos";'],
  ["no-dev-package-in-program", "shared/dev.ts", 'import "fast-check";'],
  ["no-undeclared-package", "bin/undeclared.ts", 'import "ms";'],
  ["no-unresolvable", "bin/lost.ts", 'import "./missing.ts";'],
  ["no-cycles", "bin/cycle.ts", 'import "./cycle.ts";'],
] as const;

/** A project with this one's packages and rules, in which every rule is broken once. */
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pierogi-lint-"));
  await cp(join(root, "package.json"), join(scratch, "package.json"));
  await symlink(join(root, "node_modules"), join(scratch, "node_modules"), "junction");
  for (const [, file, source] of breaches) await write(file, source);
  await write("emulators/server-process/index.ts", "export interface RunningServer {}");
  await write("emulators/service-bus/other.ts", "");
  await write("bin/nearest.ts", "export {};");
  await write("shared/pierogi/menu.ts", 'import "zod";');
});
afterAll(() => rm(scratch, { recursive: true, force: true, maxRetries: 10 }));

async function write(file: string, source: string): Promise<void> {
  await mkdir(dirname(join(scratch, file)), { recursive: true });
  await writeFile(join(scratch, file), `${source}\n`);
}

const rules = pathToFileURL(join(root, ".dependency-cruiser.js")).href;
const useRules = (options: string) =>
  write(
    ".dependency-cruiser.js",
    `import config from "${rules}"; export default { ...config, options: { ...config.options, ${options} } };`,
  );

describe("import rules", () => {
  it("finds each breach, and nothing else", async () => {
    await useRules("preserveSymlinks: true");
    const found = (await importRules(scratch)).map((problem) => {
      const [, from, rule] = /^(\S+) imports .* \(rule (.*)\)$/.exec(problem) ?? [];
      return `${from} ${rule}`;
    });
    expect(found.toSorted()).toEqual(breaches.map(([rule, file]) => `${file} ${rule}`).toSorted());
  });

  it("fails when dependency-cruiser sees no module", async () => {
    await useRules('includeOnly: "^nothing/"');
    expect(await importRules(scratch)).toEqual([
      expect.stringMatching(/looked at 0 modules, but there are \d+ sources/),
    ]);
  });
});
