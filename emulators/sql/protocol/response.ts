import type { Command, Sink } from "../engine/sink.ts";
import { DONE } from "./constants.ts";
import { writeColumns, writeDone, writeMessage, writeRow, writeTransaction } from "./tokens.ts";
import { type Writer, writer } from "./writer.ts";

/** CurCmd of DONE. */
const COMMANDS: Record<Command, number> = {
  select: 0xc1,
  insert: 0xc3,
  delete: 0xc4,
  update: 0xc5,
  other: 0xfd,
};

/** A response that is being written: the tokens of a batch's statements, each with its DONE. */
export interface Response {
  readonly out: Writer;
  readonly sink: Sink;
  /** Whether an error is in it. */
  failed(): boolean;
}

/** `procedure`: the request is an RPC, whose statements end with DONEINPROC. */
export function response(
  procedure: boolean,
  notice: (
    event:
      | Parameters<Sink["transaction"]>[0]
      | { error: Parameters<Sink["error"]>[0] }
      | { command: Command; count: bigint },
  ) => void,
): Response {
  const out = writer();
  const token = procedure ? "doneInProc" : "done";
  let failed = false;
  return {
    out,
    failed: () => failed,
    sink: {
      result(columns, rows) {
        writeColumns(out, columns);
        for (const row of rows) writeRow(out, row, columns);
      },
      done(command, count) {
        writeDone(
          out,
          token,
          DONE.more | (count === undefined ? 0 : DONE.count),
          COMMANDS[command],
          count ?? 0n,
        );
        if (count !== undefined && command !== "select" && command !== "other") notice({ command, count });
      },
      error(error) {
        failed = true;
        writeMessage(out, "error", error);
        writeDone(out, token, DONE.more | DONE.error, COMMANDS.other, 0n);
        notice({ error });
      },
      message: (number, message, line) =>
        writeMessage(out, "info", { number, message, line, state: 1, severity: 0 }),
      transaction(event, id) {
        writeTransaction(out, event, id);
        notice(event);
      },
    },
  };
}
