import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";

/** npm adds to the cache's index when it installs; what the index speaks of has sums of npm's own. */
const isStable = (file: string): boolean => !file.includes("/_cacache/index-v5/");

/**
 * A line for each file of a folder that stays as it is, as `sha256sum -c` reads it.
 * @returns the text, and how many files and bytes it speaks of
 */
export async function sumsOf(folder: string): Promise<{ text: string; files: number; bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter(isStable)
    .sort();
  let bytes = 0;
  const lines: string[] = [];
  for (const file of files) {
    const hash = createHash("sha256");
    const content = createReadStream(join(folder, file));
    await pipeline(content, hash);
    bytes += content.bytesRead;
    lines.push(`${hash.digest("hex")}  ${file}\n`);
  }
  return { text: lines.join(""), files: files.length, bytes };
}
