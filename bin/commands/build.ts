import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildFunctions } from "../build.ts";
import { root } from "../root.ts";

export const usage = `Usage: npx pierogi build

Bundles each file of functions/ into dist/functions/, the form in which Azure and the local host load it.`;

export async function run(args: readonly string[]): Promise<number> {
  parseArgs({ args: [...args] });
  await buildFunctions(join(root, "dist"));
  return 0;
}
