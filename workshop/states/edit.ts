import { rm } from "node:fs/promises";
import { join } from "node:path";
import { diff3Merge } from "node-diff3";
import { compose } from "./compose.ts";
import { exercisesOf, type Material, type Overlay, overlaysOf, readOverlay } from "./material.ts";
import { WorkshopError } from "./problem.ts";
import { type State, stateName } from "./state.ts";
import { placeOf, readTree, type Tree, writeWhole } from "./tree.ts";

/** Writes a state into an empty folder, to be edited there. */
export async function beginEdit(material: Material, state: State, folder: string): Promise<void> {
  const present = await readTree(folder);
  if (present.size > 0) {
    throw new WorkshopError(
      `${folder} holds an edit that was begun: take it over with --done, or remove that folder`,
    );
  }
  for (const [path, content] of await compose(material, state))
    await writeWhole(placeOf(folder, path), content);
}

/** What came of an edit. */
export interface Carried {
  /** Overlay files that were written, seen from the material's folder. */
  readonly written: readonly string[];
  /** Those among them with lines between <<<<<<< and >>>>>>>, to be mended by hand. */
  readonly conflicts: readonly string[];
}

/**
 * Takes an edited state into its overlay, and carries the change through every later overlay that has the file.
 * @throws WorkshopError if nothing was changed, or a file was removed: an overlay can only lay files over others
 */
export async function finishEdit(material: Material, state: State, folder: string): Promise<Carried> {
  const [before, after] = [await compose(material, state), await readTree(folder)];
  const changed = changedPaths(before, after, folder);
  const last = (await exercisesOf(material)).at(-1) ?? state.exercise;
  const overlays = overlaysOf({ exercise: last, part: "solution" });
  const index = overlays.findIndex((overlay) => stateName(overlay.state) === stateName(state));
  const own = overlays[index] ?? overlayOf(state);
  const later = overlays.slice(index < 0 ? overlays.length : index + 1);

  const written: string[] = [];
  const conflicts: string[] = [];
  const write = async (overlay: Overlay, path: string, text: string): Promise<void> => {
    await writeWhole(placeOf(join(material.folder, ...overlay.name.split("/")), path), text);
    written.push(`${overlay.name}/${path}`);
  };
  for (const path of changed) {
    const edited = textOf(after, path);
    await write(own, path, edited);
    // What each later overlay was made from, before and after the change.
    let [base, mine] = [textOf(before, path), edited];
    for (const overlay of later) {
      const theirs = (await readOverlay(material, overlay)).get(path)?.toString("utf8");
      if (theirs === undefined) continue;
      const { text, isConflict } = merge(mine, base, theirs);
      if (text !== theirs) await write(overlay, path, text);
      if (isConflict) conflicts.push(`${overlay.name}/${path}`);
      [base, mine] = [theirs, text];
    }
  }
  await rm(folder, { recursive: true, maxRetries: 10 });
  return { written, conflicts };
}

const overlayOf = (state: State): Overlay => {
  const overlay = overlaysOf(state).at(-1);
  if (overlay === undefined) throw new WorkshopError(`there is no state ${stateName(state)}`);
  return overlay;
};

function changedPaths(before: Tree, after: Tree, folder: string): readonly string[] {
  if (after.size === 0) throw new WorkshopError(`${folder} is empty: begin the edit without --done`);
  const removed = [...before.keys()].find((path) => !after.has(path));
  if (removed !== undefined) {
    throw new WorkshopError(
      `${removed} is missing in ${folder}; expected it: an overlay can't remove a file`,
    );
  }
  const changed = [...after.keys()].filter((path) => textOf(before, path) !== textOf(after, path));
  if (changed.length === 0) throw new WorkshopError(`nothing is changed in ${folder}`);
  return changed;
}

const textOf = (tree: Tree, path: string): string => tree.get(path)?.toString("utf8") ?? "";

/** Three-way, line by line. */
function merge(
  mine: string,
  base: string,
  theirs: string,
): { readonly text: string; readonly isConflict: boolean } {
  const regions = diff3Merge(mine.split("\n"), base.split("\n"), theirs.split("\n"), {
    excludeFalseConflicts: true,
  });
  const lines = regions.flatMap(({ ok, conflict }) => {
    if (ok !== undefined) return ok;
    if (conflict === undefined) return [];
    return ["<<<<<<< the edit", ...conflict.a, "=======", ...conflict.b, ">>>>>>> this step"];
  });
  return { text: lines.join("\n"), isConflict: regions.some(({ conflict }) => conflict !== undefined) };
}
