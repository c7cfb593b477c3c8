import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bundleBoard, pageForDisk } from "./site.ts";
import { leads, onDisk, textForDisk } from "./texts.ts";

const root = join(import.meta.dirname, "../..");

/**
 * Writes the board as files that a browser opens from disk, without a server: `index.html`, and beside it the
 * texts that games lead to.
 * @returns where the page is
 */
export async function buildBoard(folder: string): Promise<string> {
  const bundle = await bundleBoard();
  const write = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  };
  for (const file of leads)
    await write(onDisk(file), textForDisk(file, await readFile(join(root, file), "utf8"), bundle.textStyle));
  return write("index.html", pageForDisk(bundle));
}
