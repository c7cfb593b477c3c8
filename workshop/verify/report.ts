import { traceTable } from "../exercise/trace-table.ts";
import { type State, stateName } from "../states/state.ts";
import type { Found } from "./verify.ts";

/** A state as one line, and below it what is not as expected. */
export function stateLines({ state, round, results, problems, milliseconds }: Found): string {
  const failed = results.filter(({ passed }) => !passed).length;
  const counts = `${results.length - failed} pass, ${failed} fail`;
  const again = round > 1 ? ` (round ${round})` : "";
  const verdict = problems.length === 0 ? "as expected " : "NOT EXPECTED";
  const line = `${verdict}  ${stateName(state).padEnd(11)}  ${counts}, ${(milliseconds / 1000).toFixed(1)} s${again}`;
  return [line, ...problems.map((problem) => `  ${problem}`)].join("\n");
}

/** What happened in each check that a problem names. */
export function traces({ results, problems }: Found, width: number): string {
  return results
    .filter(({ name }) => problems.some((problem) => problem.includes(`"${name}"`)))
    .flatMap(({ name, orders, log }) => [
      `  "${name}":`,
      ...orders.flatMap(({ trace }) => traceTable(trace, width - 4).map((line) => `    ${line}`)),
      ...log.slice(-20).map((line) => `    log: ${line}`),
    ])
    .join("\n");
}

/** The last line of `workshop verify`. */
export function summary(
  states: readonly State[],
  found: readonly Found[],
  repeat: number,
): {
  readonly exercises: number;
  readonly states: number;
  readonly asExpected: number;
} {
  const asExpected = states.filter((state) => {
    const rounds = found.filter((each) => stateName(each.state) === stateName(state));
    return rounds.length === repeat && rounds.every(({ problems }) => problems.length === 0);
  });
  return {
    exercises: new Set(states.map(({ exercise }) => exercise)).size,
    states: states.length,
    asExpected: asExpected.length,
  };
}
