import type { SourceColumn } from "../binder/scope.ts";
import type { SqlError } from "../errors/sql-error.ts";
import type { Row } from "../storage/table.ts";
import { INT } from "../types/sql-type.ts";
import { COLLATION, ENVIRONMENT, TOKEN } from "./constants.ts";
import { VERSION } from "./prelogin.ts";
import { writeType, writeValue } from "./write-values.ts";
import { type Writer, writer } from "./writer.ts";

const SERVER = "localhost";

/** The tokens of a response, each written to the message. */

export function writeColumns(out: Writer, columns: readonly SourceColumn[]): void {
  out.u8(TOKEN.columns).u16(columns.length);
  for (const { name, type, nullable, identity } of columns) {
    out.u32(0).u16((nullable ? 0x01 : 0) | 0x08 | (identity === true ? 0x10 : 0));
    writeType(out, type);
    out.text8(name);
  }
}

export function writeRow(out: Writer, row: Row, columns: readonly SourceColumn[]): void {
  out.u8(TOKEN.row);
  columns.forEach(({ type }, i) => {
    writeValue(out, row[i] ?? null, type);
  });
}

/** ERROR, or INFO for a message. */
export function writeMessage(
  out: Writer,
  token: "error" | "info",
  {
    number,
    message,
    state,
    severity,
    line,
  }: Pick<SqlError, "number" | "message" | "state" | "severity" | "line">,
): void {
  const body = writer();
  body
    .u32(number)
    .u8(state & 0xff)
    .u8(severity)
    .text16(message)
    .text8(SERVER)
    .text8("")
    .u32(Math.max(1, line));
  const bytes = body.finish();
  out.u8(TOKEN[token]).u16(bytes.length).bytes(bytes);
}

export function writeDone(
  out: Writer,
  token: "done" | "doneProc" | "doneInProc",
  status: number,
  command: number,
  count: bigint,
): void {
  out.u8(TOKEN[token]).u16(status).u16(command).u64(count);
}

export const writeReturnStatus = (out: Writer, status: bigint): void =>
  void out.u8(TOKEN.returnStatus).u32(Number(BigInt.asUintN(32, status)));

/** An OUTPUT parameter's value. */
export function writeReturnValue(
  out: Writer,
  ordinal: number,
  name: string,
  value: Row[number],
  type: SourceColumn["type"],
): void {
  out.u8(TOKEN.returnValue).u16(ordinal).text8(name).u8(0x01).u32(0).u16(0x01);
  writeType(out, type.kind === "null" ? INT : type);
  writeValue(out, value, type);
}

function writeEnvironment(out: Writer, type: number, write: (body: Writer) => void): void {
  const body = writer().u8(type);
  write(body);
  const bytes = body.finish();
  out.u8(TOKEN.environment).u16(bytes.length).bytes(bytes);
}

export const writeEnvironmentText = (
  out: Writer,
  type: "database" | "language" | "packetSize",
  now: string,
  before: string,
): void => writeEnvironment(out, ENVIRONMENT[type], (body) => body.text8(now).text8(before));

export const writeCollation = (out: Writer): void =>
  writeEnvironment(out, ENVIRONMENT.collation, (body) => body.u8(5).bytes(COLLATION).u8(0));

export const writeReset = (out: Writer): void =>
  writeEnvironment(out, ENVIRONMENT.reset, (body) => body.u8(0).u8(0));

/** BEGIN tells the new descriptor; COMMIT and ROLLBACK the old one. */
export const writeTransaction = (out: Writer, event: "begin" | "commit" | "rollback", id: bigint): void =>
  writeEnvironment(out, ENVIRONMENT[event], (body) =>
    event === "begin" ? body.u8(8).u64(id).u8(0) : body.u8(0).u8(8).u64(id),
  );

export function writeLoginAck(out: Writer): void {
  const body = writer()
    .u8(1)
    .bytes(Buffer.from([0x74, 0, 0, 0x04]))
    .text8("Microsoft SQL Server")
    .bytes(Buffer.from(VERSION));
  const bytes = body.finish();
  out.u8(TOKEN.loginAck).u16(bytes.length).bytes(bytes);
}
