import type { Statement } from "../parser/ast.ts";
import type { Waiting } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import type { Session } from "./session.ts";
import type { Sink } from "./sink.ts";

/** What a batch runs in. */
export interface Execution {
  readonly engine: Engine;
  readonly session: Session;
  readonly sink: Sink;
  readonly waiting: Waiting;
  /** Throws when the client has cancelled; lets others run from time to time. */
  checkpoint(): Promise<void>;
  /** Pauses for WAITFOR. */
  pause(millis: number): Promise<void>;
  /** Within TRY of a batch around this one: errors are thrown to it, not told. */
  readonly trying: boolean;
  /** Runs EXEC: its own batch, or a procedure. */
  execute(execution: Execution, statement: Statement & { type: "execute" | "executeText" }): Promise<bigint>;
}
