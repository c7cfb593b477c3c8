import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Watches a folder and all below it. */
export interface FolderWatch {
  /** Looks for folders that are new. */
  refresh(): Promise<void>;
  close(): void;
}

const foreign = new Set(["node_modules", "dist", ".git"]);

/**
 * Each folder by itself: on Linux Node's recursive watch follows files, not names, and so loses every file that is
 * replaced by another, as editors do and as this workshop does.
 * @param changed this has changed, or can't be watched any more
 */
export async function watchFolders(root: string, changed: (path: string) => void): Promise<FolderWatch> {
  const watchers = new Map<string, FSWatcher>();
  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  function add(folder: string): void {
    if (watchers.has(folder)) return;
    const watcher = watch(folder, (_, name) => changed(join(folder, name ?? "")));
    watchers.set(folder, watcher);
    // On Windows a removed folder is an error.
    watcher.on("error", () => {
      forget(folder);
      changed(folder);
    });
  }

  async function refresh(): Promise<void> {
    const present = new Set(await foldersIn(root));
    for (const folder of watchers.keys()) if (!present.has(folder)) forget(folder);
    for (const folder of present) add(folder);
  }

  await refresh();
  return {
    refresh,
    close() {
      for (const folder of [...watchers.keys()]) forget(folder);
    },
  };
}

async function foldersIn(folder: string): Promise<string[]> {
  // It may be removed while it is looked at.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [];
  const below = entries
    .filter((entry) => entry.isDirectory() && !foreign.has(entry.name))
    .map(({ name }) => foldersIn(join(folder, name)));
  return [folder, ...(await Promise.all(below)).flat()];
}
