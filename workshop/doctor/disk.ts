import { randomUUID } from "node:crypto";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { firstLine } from "../first-line.ts";
import { failed, ok, type Verdict } from "./verdict.ts";

/** Bytes: the servers' data of a day's exercises, with room for logs and saved work. */
const wanted = 500_000_000;

/** Whether a folder for data can be written, and its disk has room. */
export async function diskVerdict(folder: string, roomWanted = wanted): Promise<Verdict> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `doctor-${randomUUID()}`);
    await writeFile(probe, "a file that is removed at once");
    await rm(probe);
  } catch (error) {
    return failed(
      `to write in ${folder}`,
      firstLine(error),
      "move the project to a folder of your own that no other program guards or synchronises (not OneDrive, not Program Files)",
    );
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return free >= roomWanted
    ? ok(`${megabytes(free)} free, and it can be written`)
    : failed(
        `${megabytes(roomWanted)} of free disk`,
        megabytes(free),
        "make room, or move the project to another disk",
      );
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1e6)} MB`;
