import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { isUpToDate, recordBuild, removeRecord } from "./build-record.ts";

const described = { options: "minify", entryPoints: ["a.ts"] };
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pierogi-build-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of ["a.ts", "b.ts", "a.js"]) writeFileSync(join(folder, file), "1");
  recordBuild(folder, folder, {
    ...described,
    inputs: ["a.ts", "b.ts"],
    outputs: ["a.js"],
    begun: Date.now() + 1_000,
  });
});

test("a build of unchanged files is up to date", () => {
  expect(isUpToDate(folder, folder, described)).toBe(true);
});

describe("it is not, once", () => {
  test.each<[string, () => unknown]>([
    ["a file that went in was saved", () => writeFileSync(join(folder, "b.ts"), "22")],
    ["it was saved at the same length", () => utimesSync(join(folder, "b.ts"), 1, 1)],
    ["a file that went in is gone", () => rmSync(join(folder, "b.ts"))],
    ["a file that came out is gone", () => rmSync(join(folder, "a.js"))],
    ["a build has begun anew", () => removeRecord(folder)],
    ["its record is damaged", () => writeFileSync(join(folder, "build.json"), '{"options":')],
  ])("%s", (_, change) => {
    change();
    expect(isUpToDate(folder, folder, described)).toBe(false);
  });
});

test("another entry point or other options need a build", () => {
  expect(isUpToDate(folder, folder, { ...described, entryPoints: ["a.ts", "c.ts"] })).toBe(false);
  expect(isUpToDate(folder, folder, { ...described, options: "" })).toBe(false);
});

test("a file saved while the build ran leaves no record: which of its versions went in is unknown", () => {
  removeRecord(folder);
  const begun = statSync(join(folder, "b.ts")).mtimeMs;
  recordBuild(folder, folder, { ...described, inputs: ["a.ts", "b.ts"], outputs: ["a.js"], begun });
  expect(isUpToDate(folder, folder, described)).toBe(false);
});
