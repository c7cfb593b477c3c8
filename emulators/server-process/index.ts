/**
 * A local server as a process of its own: run by hand it stops on Ctrl-C, started by `fork` it talks over IPC
 * (Windows has no signal that can be handled, so a stop is a message) and never outlives its parent.
 */

export { bodyText, checkToken, ownHosts, parseJson, Refused } from "./loopback.ts";
export { readLines } from "./read-lines.ts";

/** What a server's `main.ts` starts: `ready` is told to the parent, `close` ends it in order. */
export interface RunningServer {
  /** Facts for the parent and the log: ports, addresses, connection strings. */
  readonly ready: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Who started the process, if it was forked. */
export interface Parent {
  /** Calls `handle` for each of its messages that is not a stop, those before the call, too. */
  onMessage(handle: (message: unknown) => void): void;
}

/** From the child to its parent. */
export type FromServer =
  | { readonly type: "ready"; readonly [fact: string]: unknown }
  | { readonly type: "failed"; readonly code: string; readonly message: string }
  | { readonly type: "event"; readonly event: unknown };

/** From the parent to its child. */
export interface StopRequest {
  readonly type: "stop";
}

/** Sends an event to the parent, if there is one. */
export const report = (event: unknown): void => tell({ type: "event", event });

/**
 * Tells the parent, if it is there. It may have gone unseen: without a callback that would be an error event of this
 * process, which ends it before it could stop in order.
 */
function tell(message: FromServer, done: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, done);
}

/**
 * Starts a server and keeps the process until it is told to stop: by `{type: "stop"}` or the end of the IPC
 * channel when forked, by SIGINT or SIGTERM when run by hand (a second one ends it at once).
 * A failed start is reported as `{type: "failed", code, message}` and exit code 1.
 */
export async function runServer(start: (parent: Parent) => Promise<RunningServer>): Promise<void> {
  const forked = process.send !== undefined;
  let server: RunningServer | undefined;
  const early: unknown[] = [];
  let handle = (message: unknown): void => void early.push(message);
  let stopping = false;

  const stop = (): void => {
    if (stopping) {
      if (!forked) process.exit(130);
      return;
    }
    stopping = true;
    // Not started yet: there is nothing to close in order.
    if (server === undefined) process.exit(0);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };

  if (forked) {
    // A Ctrl-C reaches the whole process group; the parent decides the order of the stop.
    process.on("SIGINT", () => {});
    process.on("disconnect", stop);
    process.on("message", (message) => {
      if (isStop(message)) stop();
      else handle(message);
    });
  } else {
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  }

  try {
    server = await start({
      onMessage(next) {
        handle = next;
        for (const message of early.splice(0)) next(message);
      },
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "START_FAILED";
    const message = error instanceof Error ? error.message : String(error);
    if (!forked) {
      console.error(message);
      process.exit(1);
    }
    tell({ type: "failed", code, message }, () => process.exit(1));
    return;
  }
  if (forked) tell({ ...server.ready, type: "ready" });
  else console.log(`ready ${JSON.stringify(server.ready)}`);
}

const isStop = (message: unknown): message is StopRequest =>
  typeof message === "object" && message !== null && "type" in message && message.type === "stop";
