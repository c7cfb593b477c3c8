import { type Material, overlaysOf, readOverlay } from "./material.ts";
import { WorkshopError } from "./problem.ts";
import type { State } from "./state.ts";
import type { Tree } from "./tree.ts";

/**
 * The complete app of a state: the first app, with each overlay up to the state laid over it.
 * @throws WorkshopError if the first app is missing
 */
export async function compose(material: Material, state: State): Promise<Tree> {
  const layers = await Promise.all(
    overlaysOf(state).map(async (overlay) => ({ overlay, tree: await readOverlay(material, overlay) })),
  );
  if (layers[0]?.tree.size === 0) {
    throw new WorkshopError(`the first app is missing: expected files in ${material.folder}/app`);
  }
  return new Map(layers.flatMap(({ tree }) => [...tree]));
}

/** @returns what is wrong with the overlays up to this state: those that hold a file just as it was before */
export async function idleFiles(material: Material, state: State): Promise<readonly string[]> {
  const seen = new Map<string, Buffer>();
  const idle: string[] = [];
  for (const overlay of overlaysOf(state)) {
    const tree = await readOverlay(material, overlay);
    for (const [path, content] of tree) {
      if (seen.get(path)?.equals(content) === true) idle.push(`${overlay.name}/${path}`);
      seen.set(path, content);
    }
  }
  return idle;
}
