import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Lecture, parseLecture } from "./lecture.ts";

/** @returns the lecture's file, seen from this folder */
export const fileOf = (number: number): string => `L${String(number).padStart(2, "0")}.md`;

/** @returns all lectures of this folder, first to last */
export async function readLectures(): Promise<readonly Lecture[]> {
  const files = (await readdir(import.meta.dirname)).filter((name) => /^L\d\d\.md$/.test(name)).sort();
  return Promise.all(
    files.map(async (file) =>
      parseLecture(Number(file.slice(1, 3)), await readFile(join(import.meta.dirname, file), "utf8")),
    ),
  );
}
