import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckResult, RunResult } from "../lab/index.ts";
import type { Material } from "../states/material.ts";
import { statesOf } from "../states/state.ts";
import { scratchFolder, tinyMaterial, writeFiles } from "../states/testing.ts";
import { type Expected, readExpected, writeExpected } from "./expected.ts";
import { summary } from "./report.ts";
import { update } from "./update.ts";
import { type Found, verify } from "./verify.ts";

const named = "is solved";
const checks = `export const checks = [{ name: "${named}", run: async () => {} }];\n`;

const result = (message?: string): CheckResult => ({
  name: named,
  passed: message === undefined,
  ...(message === undefined ? {} : { message }),
  orders: [],
  log: [],
  milliseconds: 1,
});
const checked = (...results: readonly CheckResult[]): RunResult => ({ kind: "checked", results, rules: [] });

const good: Expected = { "1 start": { [named]: "got 2" }, "1 solution": { [named]: "pass" } };
const goodRuns = { start: checked(result("got 2")), solution: checked(result()) };

/** One exercise with one check. */
async function oneExercise(): Promise<Material> {
  const material = await tinyMaterial();
  await writeFiles(join(material.folder, "steps/01"), { "checks.ts": checks });
  return material;
}

interface Scene {
  readonly material?: Material;
  readonly runs?: Partial<Record<"start" | "solution", RunResult>>;
  readonly expected?: Expected;
  readonly lint?: readonly string[];
}

/** Verifies exercise 1; what its two states do is given. */
async function verified({
  material,
  runs = {},
  expected = good,
  lint = [],
}: Scene): Promise<readonly Found[]> {
  return verify({
    material: material ?? (await oneExercise()),
    lab: {
      run: async ({ folder }) => ({ ...goodRuns, ...runs })[folder.endsWith("start") ? "start" : "solution"],
    },
    states: statesOf([1]),
    expected,
    repeat: 1,
    scratch: await scratchFolder(),
    lint: async () => lint,
    onState: () => {},
    signal: new AbortController().signal,
    now: () => 0,
  });
}

const problemsOf = async (scene: Scene) => (await verified(scene)).map(({ problems }) => problems);

describe("workshop verify", () => {
  it("finds nothing when each state does what is expected of it", async () => {
    const found = await verified({});
    expect(found.map(({ problems }) => problems)).toEqual([[], []]);
    expect(summary(statesOf([1]), found, 1)).toEqual({ exercises: 1, states: 2, asExpected: 2 });
    expect(summary(statesOf([1]), found.slice(1), 1)).toMatchObject({ asExpected: 1 });
  });

  it("notices another message, an unexpected pass, and a check that is gone", async () => {
    const [other] = await problemsOf({ runs: { start: checked(result("got 3")) } });
    expect(other).toEqual([`"${named}": expected "got 2", got "got 3"`]);
    const [passed] = await problemsOf({ runs: { start: checked(result()) } });
    expect(passed).toEqual([
      "every check passes: there is nothing to do",
      `"${named}": expected "got 2", got a pass`,
    ]);
    const [more] = await problemsOf({ expected: { ...good, "1 start": { [named]: "got 2", old: "pass" } } });
    expect(more).toEqual([`"old": expected a pass, got nothing: it did not run`]);
  });

  it("notices no check at all, a start that does not compile, and a state that nobody expected", async () => {
    expect((await problemsOf({ runs: { start: checked() } }))[0]).toContain("no check ran");
    const broken: RunResult = {
      kind: "broken",
      problems: [{ file: "shared/a.ts", line: 3, message: "oops" }],
    };
    expect((await problemsOf({ runs: { start: broken } }))[0]).toEqual(["shared/a.ts:3: oops"]);
    expect((await problemsOf({ expected: {} }))[1]).toEqual([
      expect.stringContaining("is not in expected.json"),
    ]);
  });

  it("notices an overlay that changes nothing, and a solution that the lint refuses", async () => {
    const material = await oneExercise();
    await writeFiles(join(material.folder, "steps/01/solution"), { "shared/b.ts": "b0\n" });
    expect((await problemsOf({ material }))[1]).toEqual([
      expect.stringContaining("steps/01/solution/shared/b.ts is just as it was before"),
    ]);
    expect(await problemsOf({ lint: ["no any"] })).toEqual([[], ["no any"]]);
  });

  it("notices a rule of the plan that no check meets", async () => {
    const fired = {
      kind: "fault",
      rule: "met",
      fault: "twice",
      at: "serviceBus send",
      n: 1,
      time: 0,
      orderId: "1",
    } as const;
    const solution: RunResult = {
      kind: "checked",
      rules: ["met", "never met"],
      results: [{ ...result(), orders: [{ id: "1", trace: [fired] }] }],
    };
    expect((await problemsOf({ runs: { solution } }))[1]).toEqual([
      'no check meets the rule "never met" of chaos/plan.ts',
    ]);
  });

  it("writes what came, but never a solution that fails or a start that passes", async () => {
    const material = await oneExercise();
    await update(material, {}, await verified({ material, expected: {} }));
    expect(await readExpected(material)).toEqual(good);
    const runs = { start: checked(result()), solution: checked(result("got 2")) };
    await update(material, good, await verified({ material, runs }));
    expect(await readExpected(material)).toEqual(good);
    await writeExpected(material, good);
    await writeFiles(material.folder, { "expected.json": '{"1 start": 3}' });
    await expect(readExpected(material)).rejects.toThrow(/expected state, check and "pass" or a message/);
  });
});
