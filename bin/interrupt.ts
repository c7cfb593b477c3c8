import process from "node:process";

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
