import process from "node:process";
import { CommandError } from "./command.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** npm passes a Ctrl-C on that the terminal has sent to its child already: the same one comes twice. */
const sameWithin = 500;

/**
 * Calls `first` on the first Ctrl-C, `second` on the next.
 * @param now milliseconds of a clock that never goes back
 * @returns a function that ends this
 */
export function onInterrupt(
  first: () => void,
  second: () => void,
  now = () => performance.now(),
): () => void {
  let firstAt: number | undefined;
  const handle = () => {
    if (firstAt === undefined) {
      firstAt = now();
      first();
    } else if (now() - firstAt > sameWithin) {
      second();
    }
  };
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}

/**
 * Runs something that a Ctrl-C asks to end early; a second one ends this process at once.
 * @param work gets a signal, whose reason says that it was stopped
 * @param message of the error with which it ends then, whatever the work said: what it used has ended, too
 * @throws CommandError once it was asked to end, unless the work comes to its end all the same
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  message = "stopped",
): Promise<T> {
  const stopped = new AbortController();
  const forget = onInterrupt(
    () => stopped.abort(new CommandError(message)),
    () => process.exit(130),
  );
  try {
    return await work(stopped.signal);
  } catch (error) {
    if (!stopped.signal.aborted || error === stopped.signal.reason) throw error;
    throw new CommandError(message, { cause: error });
  } finally {
    forget();
  }
}
