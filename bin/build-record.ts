import { existsSync, readFileSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * What a build was made from, kept beside its output, so that the next one can be left out if nothing has changed.
 * Paths are relative to the project's root.
 */
const BuildRecord = z.object({
  /** How it was built: everything that changes the output other than its files. */
  options: z.string(),
  entryPoints: z.array(z.string()),
  /** Each file that went in, with its size and time of change. */
  inputs: z.record(z.string(), z.string()),
  outputs: z.array(z.string()),
});
export type BuildRecord = Readonly<z.infer<typeof BuildRecord>>;

const recordFile = (folder: string) => join(folder, "build.json");

const statsOf = (file: string): Stats | undefined => statSync(file, { throwIfNoEntry: false });

/** Size and time of change: as make does it, without reading megabytes of packages. */
const stamp = (stats: Stats | undefined): string =>
  stats === undefined ? "missing" : `${stats.size} ${stats.mtimeMs}`;

/** Whether the output in a folder is what a build of the same entry points with the same options would make. */
export function isUpToDate(
  folder: string,
  root: string,
  { options, entryPoints }: Pick<BuildRecord, "options" | "entryPoints">,
): boolean {
  const record = readRecord(folder);
  return (
    record !== undefined &&
    record.options === options &&
    record.entryPoints.join() === entryPoints.join() &&
    record.outputs.every((file) => existsSync(join(root, file))) &&
    Object.entries(record.inputs).every(([file, stamped]) => stamp(statsOf(join(root, file))) === stamped)
  );
}

/**
 * Writes down what a build was made from. A file that was saved while it ran may have been read before or after:
 * then nothing is written, and the next call builds again.
 * @param build.begun when the build began, milliseconds since 1970
 */
export function recordBuild(
  folder: string,
  root: string,
  { inputs, begun, ...build }: Omit<BuildRecord, "inputs"> & { inputs: readonly string[]; begun: number },
): void {
  const read = inputs.map((file) => ({ file, stats: statsOf(join(root, file)) }));
  if (read.some(({ stats }) => (stats?.mtimeMs ?? begun) >= begun)) return;
  const record: BuildRecord = {
    ...build,
    inputs: Object.fromEntries(read.map(({ file, stats }) => [file, stamp(stats)])),
  };
  writeFileSync(recordFile(folder), JSON.stringify(record));
}

/** A build that fails half-way must not look like the one before it. */
export const removeRecord = (folder: string): void => rmSync(recordFile(folder), { force: true });

function readRecord(folder: string): BuildRecord | undefined {
  try {
    return BuildRecord.parse(JSON.parse(readFileSync(recordFile(folder), "utf8")));
  } catch {
    // None yet, half of one, or another version's: build.
    return undefined;
  }
}
