import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { wait } from "./deferred.ts";

/** A process that does not run for a time, as on a closed laptop. */
export interface Frozen {
  /** Resolves when it goes on. */
  readonly over: Promise<void>;
  /** Lets it go on now. */
  end(): void;
}

/**
 * Stops a process (SIGSTOP) for a time in milliseconds. A shell beside it lets it go on when this process has died: it
 * could not even end itself. Not on Windows.
 */
export function freeze(pid: number, milliseconds: number): Frozen {
  const early = new AbortController();
  const guard = spawn("/bin/sh", ["-c", `read -r _; kill -CONT ${pid} 2>/dev/null`], {
    stdio: ["pipe", "ignore", "ignore"],
    // A Ctrl-C is not meant for it.
    detached: true,
  });
  // Without a shell there is no guard; the process goes on all the same in time.
  guard.on("error", () => {});
  // Of a shell that could not be started for want of file handles there is none.
  const stdin: Writable | undefined = guard.stdin;
  stdin?.on("error", () => {});
  signal(pid, "SIGSTOP");
  return {
    over: wait(milliseconds, early.signal).then(() => {
      signal(pid, "SIGCONT");
      stdin?.end();
    }),
    end: () => early.abort(),
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
