import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.ts";

/**
 * The topology with locks of 5 s, so that they run out within a run, and messages that live a day, as in Azure: a
 * clock that goes an hour ahead then ends locks only.
 * @returns the file's path
 */
export async function writeTopology(folder: string): Promise<string> {
  const text = await readFile(join(root, "infra/topology/service-bus.json"), "utf8");
  const file = join(folder, "service-bus.json");
  await writeFile(
    file,
    text
      .replaceAll(/("LockDuration": )"[^"]+"/g, '$1"PT5S"')
      .replaceAll(/("DefaultMessageTimeToLive": )"[^"]+"/g, '$1"P1D"'),
  );
  return file;
}
