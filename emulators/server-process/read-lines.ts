import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/**
 * Reads what a child process prints, line by line. A pipe that breaks with its process is told as a line, too: as an
 * error event without a listener it would end the process that reads.
 */
export function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
    .on("line", onLine)
    .on("error", (error: Error) => onLine(`its output can't be read any more: ${error.message}`));
}
