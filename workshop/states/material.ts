import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { State } from "./state.ts";
import { twoDigits } from "./state.ts";
import { type Fingerprint, fingerprintOf, isMissing, readTree, type Tree } from "./tree.ts";

/** Where the first app (`app/`) and what each step changes (`steps/NN/{start,solution}/`) are. */
export interface Material {
  /** workshop/, or a test's folder of the same form. */
  readonly folder: string;
}

export const workshopMaterial: Material = { folder: join(import.meta.dirname, "..") };

export const stepFolder = ({ folder }: Material, exercise: number): string =>
  join(folder, "steps", twoDigits(exercise));

/** @returns the numbers of the exercises that there are, the first one first */
export async function exercisesOf({ folder }: Material): Promise<readonly number[]> {
  const names = await readdir(join(folder, "steps")).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names
    .filter((name) => /^\d\d$/.test(name))
    .map(Number)
    .sort((one, other) => one - other);
}

/** Whole files that lie over those of the states before. */
export interface Overlay {
  /** Seen from the material's folder: "app", "steps/04/solution". */
  readonly name: string;
  /** The state that it makes of the one before. */
  readonly state: State;
}

/** @returns what lies one over the other, up to this state: the first app, then start and solution of each step */
export function overlaysOf({ exercise, part }: State): readonly Overlay[] {
  const overlays: Overlay[] = [{ name: "app", state: { exercise: 1, part: "start" } }];
  for (let number = 1; number <= exercise; number++) {
    const step = `steps/${twoDigits(number)}`;
    if (number > 1) overlays.push({ name: `${step}/start`, state: { exercise: number, part: "start" } });
    if (number < exercise || part === "solution") {
      overlays.push({ name: `${step}/solution`, state: { exercise: number, part: "solution" } });
    }
  }
  return overlays;
}

export const readOverlay = ({ folder }: Material, { name }: Overlay): Promise<Tree> =>
  readTree(join(folder, ...name.split("/")));

/** Of all that is not an attendee's to change: the apps, the overlays and the checks. */
export async function fingerprintOfMaterial({ folder }: Material): Promise<Fingerprint> {
  const isWatched = (path: string): boolean =>
    /^(app\/|steps\/\d\d\/(start\/|solution\/|checks\.ts$))/.test(path);
  return fingerprintOf(await readTree(folder, isWatched));
}
