import type { Material } from "../states/material.ts";
import { exercisesOf } from "../states/material.ts";
import { stateName, statesOf } from "../states/state.ts";
import { type Expected, verdictOf, writeExpected } from "./expected.ts";
import { againstTheIdea, type Found } from "./verify.ts";

/**
 * Writes what came to expected.json. A state that could not run, differs between its rounds, or is against the idea
 * of a start or solution stays as it was.
 */
export async function update(material: Material, before: Expected, found: readonly Found[]): Promise<void> {
  const exercises = await exercisesOf(material);
  const entries = statesOf(exercises).flatMap((state) => {
    const name = stateName(state);
    const rounds = found.filter((each) => stateName(each.state) === name);
    const verdicts = rounds.map(({ results }) =>
      Object.fromEntries(results.map((result) => [result.name, verdictOf(result)])),
    );
    const [first] = verdicts;
    const isSure =
      first !== undefined &&
      verdicts.every((each) => JSON.stringify(each) === JSON.stringify(first)) &&
      rounds.every(({ results }) => againstTheIdea(state, results).length === 0);
    const kept = isSure ? first : before[name];
    return kept === undefined ? [] : [[name, kept] as const];
  });
  await writeExpected(material, Object.fromEntries(entries));
}
