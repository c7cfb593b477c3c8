import process from "node:process";

/** Milliseconds between two looks: nothing tells a process of its parent's end. */
const lookEvery = 1_000;

/**
 * Calls `handle` once the parent process is gone. npm passes a SIGTERM on to the shell that it runs a script in, and
 * to nobody else: the script would stay behind. On Windows a process keeps its parent's number, so nothing is noticed.
 * @param parent its id, from before it could have ended
 * @returns a function that ends this
 */
export function onOrphaned(parent: number, handle: () => void): () => void {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    handle();
  }, lookEvery).unref();
  return () => clearInterval(timer);
}

/** A script of npm or npx; anybody else may start a process that is to outlive them. */
export const startedByNpm = (env: NodeJS.ProcessEnv): boolean => env["npm_execpath"] !== undefined;
