import { relative, sep } from "node:path";
import { type Place, type Playground, readPlayground } from "../playground/playground.ts";
import { exercisesOf, type Material } from "../states/material.ts";
import { WorkshopError } from "../states/problem.ts";
import { rangeOf } from "../states/state.ts";

/** What every command of an exercise works on. */
export interface Workspace {
  readonly material: Material;
  readonly place: Place;
  readonly now: () => Date;
  /** A path as its reader writes it. */
  readonly shown: (path: string) => string;
  /** Columns of a line. */
  readonly width: number;
}

/**
 * @returns the playground as it is
 * @throws WorkshopError with what to do, if no exercise was started or a start was interrupted
 */
export async function currentPlayground({ place, shown }: Workspace): Promise<Playground> {
  const playground = await readPlayground(place);
  if (playground === undefined) {
    throw new WorkshopError(
      `no exercise was started in ${shown(place.folder)}; begin with \`npx pierogi exercise start 1\``,
    );
  }
  const { writing } = playground.progress;
  if (writing !== undefined) {
    throw new WorkshopError(
      `${shown(place.folder)} was being written when that was interrupted; \`npx pierogi exercise start ${writing}\` writes it anew. What was there is in ${shown(place.savedFolder)} (\`npx pierogi exercise restore\`)`,
    );
  }
  return playground;
}

/** @throws WorkshopError if there is no such exercise */
export async function expectExercise({ material }: Workspace, number: number): Promise<void> {
  const exercises = await exercisesOf(material);
  if (!exercises.includes(number)) {
    throw new WorkshopError(`there is no exercise ${number}; expected a number of ${rangeOf(exercises)}`);
  }
}

/** @returns what shows a path as it is seen from a folder; one that is not below it stays whole */
export const shownFrom =
  (folder: string) =>
  (path: string): string => {
    const below = relative(folder, path);
    return below === "" || below.startsWith("..") ? path : below.split(sep).join("/");
  };
