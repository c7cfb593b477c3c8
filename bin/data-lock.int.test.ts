import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { CommandError } from "./command.ts";
import { lockData } from "./data-lock.ts";
import { rememberRunning } from "./running-stack.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pierogi-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

test("a data folder belongs to one at a time, until it is let go", async () => {
  const release = await lockData(folder);
  await expect(lockData(folder)).rejects.toThrow(CommandError);
  await expect(lockData(folder)).rejects.toThrow(/in use by another pierogi command/);
  release();
  (await lockData(folder))();
});

test("who has it is told by address and process, with the way to stop it", async () => {
  const release = await lockData(folder);
  const { pid } = process;
  const url = "http://127.0.0.1:7071";
  await rememberRunning(folder, { pid, url, serviceBus: "", cosmos: "", sql: "", faults: "", token: "" });
  const told = new RegExp(`in use by the stack at ${url}, process ${pid}: stop it with .*kill.* ${pid}`);
  await expect(lockData(folder)).rejects.toThrow(told);
  release();
});

test("a lock file that is damaged is nobody's lock", async () => {
  writeFileSync(join(folder, "lock.sqlite"), "this is no database, and longer than a header: ".repeat(40));
  (await lockData(folder))();
});

test("a lock that can't be had for another reason is not called in use", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  await expect(lockData(join(file, "data"))).rejects.toThrow(/can't be used for data .*ENOTDIR/);
});
