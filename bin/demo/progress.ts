import type { Progress } from "./demo.ts";

/** Shows how far a run is, in one line that is written over; nothing where there is no terminal. */
export function progressPrinter(stream: NodeJS.WriteStream): (progress: Progress) => void {
  if (!stream.isTTY) return () => {};
  return (progress) => {
    stream.clearLine(0);
    stream.cursorTo(0);
    if (progress.phase !== "auditing") stream.write(text(progress));
  };
}

const text = (progress: Exclude<Progress, { phase: "auditing" }>): string =>
  progress.phase === "asking"
    ? `${progress.done} of ${progress.orders} orders asked for`
    : `${progress.handled} messages handled, ${progress.waiting} waiting, ${progress.unsent} unsent`;
