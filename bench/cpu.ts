import { readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second. */
const tick = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Milliseconds of processor time so far, with children that have ended. */
  readonly used: number;
}

/**
 * Processor time that processes and all below them have used, in milliseconds: unlike the time by the clock it does not
 * depend on what else the machine does. @throws where there is no /proc
 */
export function cpuOf(pids: readonly number[]): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readProcess);
  const of = (pid: number): number =>
    processes
      .filter((each) => each.pid === pid || each.parent === pid)
      .reduce((sum, each) => sum + (each.pid === pid ? each.used : of(each.pid)), 0);
  return pids.reduce((sum, pid) => sum + of(pid), 0);
}

function readProcess(name: string): Process[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${name}/stat`, "utf8");
  } catch {
    // It has ended meanwhile.
    return [];
  }
  // The name of the program stands in parentheses, and may hold blanks. proc(5): state, ppid; utime, stime, cutime, cstime.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const used = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * tick, 0);
  return [{ pid: Number(name), parent: Number(fields[1]), used }];
}
