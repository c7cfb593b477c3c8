import { existsSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { CommandError } from "./command.ts";
import { calledFrom, root } from "./root.ts";

/**
 * Where a stack keeps its data: the folder of `--data`, relative to where the command was called, or `.local/`.
 * @throws CommandError if something else than a folder stands there
 */
export function dataFolder(given: string | undefined): string {
  const folder = given === undefined ? join(root, ".local") : resolve(calledFrom, given);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new CommandError(
      `${shown(folder)} should be a folder, but is a file: move it away, or name another folder with --data`,
    );
  }
  return folder;
}

/** A folder as its user would write it: below the place where the command was called without the way there. */
export function shown(folder: string): string {
  const short = relative(calledFrom, folder);
  return short === "" || short.startsWith(`..${sep}..`) || resolve(short) === short ? folder : short;
}

/** The command that forgets what is in a data folder. */
export const resetCommand = (folder: string): string =>
  folder === join(root, ".local") ? "npx pierogi reset" : `npx pierogi reset --data "${shown(folder)}"`;
