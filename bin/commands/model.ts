import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  type Breach,
  breaches,
  brokenSetup,
  deepProofs,
  liveness,
  livenessBreach,
  livenessProofs,
  type Progress,
  type Proof,
  quickProofs,
  search,
  storyOf,
} from "../../model/index.ts";

export const usage = `Usage: npx pierogi model [--deep] [--stories]

Explores the protocol as a model: every schedule of messages, copies, crashes, lost answers and pauses, up to
a number of faults. The program's rules must stand; each rule, broken, must fail in its known way.
  --deep      larger bounds (minutes, and some gigabytes of memory)
  --stories   tell each counterexample, sentence by sentence
Ends with exit code 1 when the rules do not stand, or a broken one is not found.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { deep: { type: "boolean", default: false }, stories: { type: "boolean", default: false } },
  });
  const results = [
    await showProofs(values.deep ? deepProofs : quickProofs),
    await showRest(),
    await showBreaches(values.stories),
  ];
  const isAsItMustBe = results.every((isFine) => isFine);
  console.log(
    isAsItMustBe
      ? "\nThe program's rules stand, everything comes to rest, and each broken rule was found."
      : "\nNOT as it must be: see the lines in capitals above.",
  );
  return isAsItMustBe ? 0 : 1;
}

async function showProofs(proofs: readonly Proof[]): Promise<boolean> {
  console.log("The program's rules: does a schedule within the bound break an invariant?\n");
  console.log(row("situation", "messages", "faults", "states", "steps", "seconds", "counterexample"));
  let allHold = true;
  for (const { name, setup, faults } of proofs) {
    const { value, seconds } = await timed(name, search(setup, { faults }));
    const { verdict, bound, states, steps, counterexample } = value;
    allHold = allHold && verdict === "holds";
    const told = verdict === "holds" ? "none" : `${verdict.toUpperCase()} (clean up to ${bound} faults)`;
    console.log(row(name, setup.script.length, faults, states, steps, seconds, told));
    if (counterexample !== undefined) tell(storyOf(setup, counterexample), counterexample.violations);
  }
  return allHold;
}

async function showRest(): Promise<boolean> {
  console.log("\nLiveness: does everything come to rest, whatever went wrong before?\n");
  console.log(row("situation", "messages", "faults", "states", "", "seconds", "verdict"));
  const verdicts: boolean[] = [];
  for (const proof of [...livenessProofs, livenessBreach]) {
    const { name, setup, faults } = proof;
    const { value, seconds } = await timed(name, liveness(setup, { faults }));
    const { verdict, states } = value;
    const expected = proof === livenessBreach ? "never rests" : "comes to rest";
    verdicts.push(verdict === expected);
    const told = `${verdict}${verdict === expected ? "" : `: EXPECTED ${expected}`}`;
    console.log(row(name, setup.script.length, faults, states, "", seconds, told));
  }
  return verdicts.every((isExpected) => isExpected);
}

async function showBreaches(withStories: boolean): Promise<boolean> {
  console.log("\nEach rule broken: the schedule with the fewest faults that shows it\n");
  console.log(row("rule", "messages", "faults", "states", "steps", "seconds", "what breaks"));
  const verdicts: boolean[] = [];
  for (const breach of breaches) verdicts.push(await showBreach(breach, withStories));
  return verdicts.every((isExpected) => isExpected);
}

async function showBreach(breach: Breach, withStory: boolean): Promise<boolean> {
  const { name, kept, expected, invariants, because } = breach;
  const setup = brokenSetup(breach);
  const { faults } = expected;
  const { value, seconds } = await timed(name, search(setup, { faults, invariants }));
  const { counterexample, states } = value;
  const keeps = (await timed(name, search(kept, { faults, invariants }))).value.verdict === "holds";
  const isKnown =
    counterexample?.faults === faults &&
    counterexample.moves.length === expected.steps &&
    counterexample.violations.some(({ invariant }) => invariant === expected.invariant);
  const found = counterexample === undefined ? "NOTHING FOUND" : `not "${expected.invariant}"`;
  const told =
    isKnown && keeps ? found : `${found}: EXPECTED ${JSON.stringify(expected)}, and none when kept`;
  const steps = counterexample?.moves.length ?? "";
  console.log(row(name, kept.script.length, counterexample?.faults ?? "", states, steps, seconds, told));
  if (withStory && counterexample !== undefined) {
    console.log(`    ${because}`);
    tell(storyOf(setup, counterexample), counterexample.violations);
  }
  return isKnown && keeps;
}

function tell(story: readonly string[], violations: readonly { readonly sentence: string }[]): void {
  story.forEach((sentence, index) => {
    console.log(`    ${String(index + 1).padStart(2)}  ${sentence}`);
  });
  for (const { sentence } of violations) console.log(`        => ${sentence}`);
}

function row(name: string, ...[messages, faults, states, steps, seconds, told]: (string | number)[]): string {
  const right = (value: string | number | undefined, width: number): string =>
    (typeof value === "number" ? value.toLocaleString("en-US") : (value ?? "")).padStart(width);
  const figures = [
    right(messages, 9),
    right(faults, 7),
    right(states, 11),
    right(steps, 6),
    right(seconds, 8),
  ];
  return `${name.padEnd(52)}${figures.join("")}  ${told}`.trimEnd();
}

/** Runs a search, and lets others (Ctrl-C) have their turn; shows how far it is on a terminal. */
async function timed<T>(name: string, work: Generator<Progress, T>): Promise<{ value: T; seconds: string }> {
  const begun = performance.now();
  for (;;) {
    const turn = work.next();
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    if (turn.done) return { value: turn.value, seconds: ((performance.now() - begun) / 1000).toFixed(1) };
    if (process.stderr.isTTY)
      process.stderr.write(`${name}: ${turn.value.states} states, ${turn.value.faults} faults`);
    await setImmediate();
  }
}
