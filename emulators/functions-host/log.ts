import type { LogLevel } from "./worker/rpc.ts";

/** A line of the host's log, of a function's or of a worker's output. */
export interface LogLine {
  readonly level: LogLevel;
  /** As in the real host: `Host.…`, `Function.<name>`, `<name>.Invocation`, `Worker.stdout`, … */
  readonly category: string;
  readonly message: string;
  /** The instance's number; 0 for the host as a whole. */
  readonly instance: number;
  readonly functionName?: string;
  readonly invocationId?: string;
}

export type Log = (line: LogLine) => void;

/** What happens to invocations, messages, batches and workers. */
export type HostEvent =
  | {
      readonly type: "invocation";
      readonly phase: "started" | "succeeded" | "failed";
      readonly instance: number;
      readonly functionName: string;
      readonly invocationId: string;
      /** Of an HTTP request: "POST /api/orders/1/items". */
      readonly request?: string;
      readonly milliseconds?: number;
      readonly error?: string;
    }
  | {
      readonly type: "message";
      readonly action: "received" | "completed" | "abandoned" | "settlementFailed";
      readonly instance: number;
      readonly functionName: string;
      readonly messageId: string | undefined;
      readonly sessionId: string | undefined;
      /** As the function sees it: 1 on the first delivery. */
      readonly deliveryCount: number;
    }
  | {
      readonly type: "session";
      readonly action: "accepted" | "released";
      readonly instance: number;
      readonly functionName: string;
      readonly sessionId: string;
    }
  | {
      readonly type: "lease";
      readonly action: "acquired" | "released" | "lost";
      readonly instance: number;
      readonly functionName: string;
      readonly leaseId: string;
    }
  | {
      readonly type: "batch";
      readonly action: "delivered" | "checkpointed" | "skipped";
      readonly instance: number;
      readonly functionName: string;
      readonly leaseId: string;
      readonly documents: number;
    }
  | {
      readonly type: "worker";
      readonly action: "started" | "exited";
      readonly instance: number;
      readonly pid: number | undefined;
      readonly reason?: string;
    };

/** Tells one line when something stops working and one when it works again, however often it is reported. */
export interface Availability {
  down(error: unknown): void;
  up(): void;
}

/** @param write is called only when the state changes */
export function createAvailability(
  what: string,
  write: (level: LogLevel, message: string) => void,
): Availability {
  let isUp = true;
  return {
    down(error) {
      if (isUp)
        write("warning", `${what} is unavailable, trying again until it is back: ${messageOf(error)}`);
      isUp = false;
    },
    up() {
      if (!isUp) write("information", `${what} is available again`);
      isUp = true;
    },
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
