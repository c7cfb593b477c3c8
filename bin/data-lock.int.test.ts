import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CommandError } from "./command.ts";
import { lockData } from "./data-lock.ts";

test("a data folder belongs to one at a time, until it is let go", () => {
  const folder = mkdtempSync(join(tmpdir(), "pierogi-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const release = lockData(folder);
  expect(() => lockData(folder)).toThrow(CommandError);
  expect(() => lockData(folder)).toThrow(/in use by another pierogi command/);
  release();
  lockData(folder)();
});
