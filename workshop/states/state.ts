import { WorkshopError } from "./problem.ts";

/** The app at one point of the workshop: as an exercise begins, or as it is solved. */
export interface State {
  readonly exercise: number;
  readonly part: "start" | "solution";
}

export const stateName = ({ exercise, part }: State): string => `${exercise} ${part}`;

/** @returns at least two digits, as in the name of a step's folder */
export const twoDigits = (number: number): string => String(number).padStart(2, "0");

/**
 * Reads "4", "4-start" or "4-solution"; a number alone is the start.
 * @param exercises those that there are
 * @throws WorkshopError that says what was expected
 */
export function parseState(text: string, exercises: readonly number[]): State {
  const [, number, part = "start"] = /^0*(\d+)(?:-(start|solution))?$/.exec(text) ?? [];
  const exercise = Number(number);
  if (number === undefined || !exercises.includes(exercise)) {
    throw new WorkshopError(
      `there is no state "${text}"; expected a number of ${rangeOf(exercises)}, as in 4, 4-start or 4-solution`,
    );
  }
  return { exercise, part: part as State["part"] };
}

/** @returns every state, in the order of the workshop */
export const statesOf = (exercises: readonly number[]): readonly State[] =>
  exercises.flatMap((exercise) => [
    { exercise, part: "start" as const },
    { exercise, part: "solution" as const },
  ]);

export const rangeOf = (exercises: readonly number[]): string =>
  exercises.length === 0 ? "none: workshop/steps is empty" : `${exercises[0]} to ${exercises.at(-1)}`;
