import { parseArgs } from "node:util";
import { expect, test } from "vitest";
import { optionProblem } from "./option-problem.ts";

const usage = "Usage: npx pierogi eat [--filling F] [--quick]\n\nEats.\n  --filling F  which";
const options = { filling: { type: "string" }, quick: { type: "boolean" } } as const;

function problemOf(...args: string[]): string | undefined {
  try {
    parseArgs({ args, options });
    return undefined;
  } catch (error) {
    return optionProblem(error, usage);
  }
}

const form = "Usage: npx pierogi eat [--filling F] [--quick]";

test.each([
  [["--fillin", "Meat"], "unknown option --fillin; did you mean --filling?"],
  [["--something"], "unknown option --something"],
  [["Meat"], 'unexpected argument "Meat"'],
  [["--filling"], "--filling needs a value (one that begins with a dash: --filling=-…)"],
  [["--filling", "--quick"], "--filling needs a value (one that begins with a dash: --filling=-…)"],
  [["--quick=3"], "--quick takes no value"],
])("%j: %s", (args, problem) => {
  expect(problemOf(...args)).toBe(`${problem}\n${form}`);
});

test("other errors are none of its business", () => {
  expect(optionProblem(new TypeError("x is undefined"), usage)).toBeUndefined();
});
