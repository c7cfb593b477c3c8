import type { FromWorker } from "./rpc.ts";

/** Sends to the host; `done` is called when the message has left this process. */
export function reply(message: FromWorker, done?: () => void): void {
  // A closed channel means that the host is gone, and the `disconnect` handler ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => done?.());
}
