import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../bin/root.ts";
import { runNode } from "../bin/tool.ts";

const program = join(root, "bin/pierogi.js");
const env = { ...process.env, NO_COLOR: "1" };

async function playground() {
  await mkdir(join(root, ".local"), { recursive: true });
  const scratch = await mkdtemp(join(root, ".local", "test-exercise-"));
  onTestFinished(() => rm(scratch, { recursive: true, force: true, maxRetries: 10 }));
  const folder = join(scratch, "playground");
  const exercise = (...args: string[]) =>
    runNode([program, "exercise", ...args, "--folder", folder], { cwd: root, env });
  const file = join(folder, "shared/addItem.ts");
  const started = await exercise("start", "1");
  expect(started).toMatchObject({ code: 0, stderr: "" });
  const replace = async (from: string, to: string): Promise<string> => {
    const before = await readFile(file, "utf8");
    expect(before).toContain(from);
    await writeFile(file, before.replace(from, to));
    return before;
  };
  return { folder, file, exercise, replace };
}

const pushed = "order.lines.push(filling);";
/** Of our own tools, in what an attendee reads. */
const stack = /\n\s+at .*(workshop|emulators|node_modules|bin)\//;

describe("exercise 1 on the real servers", () => {
  it("fails as its story tells, with the trace of the order, and passes with its solution", async () => {
    const { exercise } = await playground();
    const before = await exercise("check");
    expect(before).toMatchObject({ code: 1, stderr: "" });
    expect(before.stdout).toMatch(
      /FAILED {2}a second copy of AddItem does not add the filling twice\n {8}expected 1 Spinach, got 2\n/,
    );
    expect(before.stdout).toMatch(/Orders +gets +AddItem Spinach #1 \(copy 2\)/);
    expect(before.stdout).toMatch(/store +has +orders: lines \[Spinach, Spinach\]/);
    expect(before.stdout).toMatch(/\n1 passed, 1 failed\n$/);

    await exercise("solution", "--apply");
    const after = await exercise("check");
    expect(after).toMatchObject({ code: 0, stderr: "" });
    expect(after.stdout).toMatch(/Exercise 1 is solved: all checks pass\.\n$/);
    expect(JSON.parse((await exercise("list", "--json")).stdout)[0]).toMatchObject({ isPassed: true });
  });

  it("names file and line of a syntax error, a type error, a crash and a missing await", async () => {
    const { exercise, replace, file } = await playground();
    const broken: readonly (readonly [string, RegExp])[] = [
      [
        "order.lines.push(filling;",
        /The app does not run yet:\n {2}\S+shared\/addItem\.ts:8:\d+\n {4}Expected "\)"/,
      ],
      ["order.lines.push(12);", /shared\/addItem\.ts:8:20\n {4}Argument of type '12' is not assignable/],
      [
        "(order as unknown as { no: string[] }).no.push(filling);",
        /A handler throws:\n {2}\S+shared\/addItem\.ts:8:\d+\n {4}TypeError: Cannot read properties of undefined/,
      ],
      [
        `${pushed} void Promise.reject(new Error("alone"));`,
        /shared\/addItem\.ts:8:\d+\n {4}Error: alone \(nobody awaits it/,
      ],
    ];
    for (const [text, words] of broken) {
      const before = await replace(pushed, text);
      const { code, stdout, stderr } = await exercise("check");
      expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
      expect(stdout).toMatch(words);
      expect(stdout).not.toMatch(stack);
      await writeFile(file, before);
    }
  });

  it("gives up on a handler that never ends, and says which", async () => {
    const { exercise, replace } = await playground();
    await replace(pushed, `for (;;) ${pushed}`);
    const { code, stdout, stderr } = await exercise("check");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(/functions\/orders\.ts\n {4}its handler did not end within 8 s/);
    expect(stdout).toContain("not run two fillings both stay");
  });
});

describe("a start that is killed", () => {
  it.each(["copying", "writing"])("loses nothing while it is %s", async (phase) => {
    const { folder, exercise, file } = await playground();
    // So much work that the copy and the writing each take a while.
    const work = new Map(
      Array.from({ length: 300 }, (_, index) => [`mine/${index}.txt`, `work ${index}\n`.repeat(50)]),
    );
    await mkdir(join(folder, "mine"));
    for (const [path, text] of work) await writeFile(join(folder, path), text);
    await writeFile(file, "// my solution\n");

    const child = spawn(process.execPath, [program, "exercise", "start", "5", "--folder", folder], {
      cwd: root,
      env,
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    const isThere = phase === "copying" ? isCopying : isWriting;
    while (child.exitCode === null && !(await isThere(folder))) await new Promise(setImmediate);
    child.kill("SIGKILL");
    await ended;

    expect((await exercise("start", "5")).code).toBe(0);
    const kept = await everythingBelow(join(folder, ".."));
    for (const text of [...work.values(), "// my solution\n"]) expect(kept).toContain(text);
    expect((await exercise("diff")).stdout).toBe("nothing is changed yet\n");
  });
});

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const isCopying = async (folder: string): Promise<boolean> =>
  (await namesIn(join(folder, "../saved"))).some((name) => name.startsWith(".half-"));
/** The copy has its name, and files of the playground are being removed. */
const isWriting = async (folder: string): Promise<boolean> => {
  const count = (await namesIn(join(folder, "mine"))).length;
  return count > 0 && count < 300;
};

async function everythingBelow(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8"))),
  );
}
