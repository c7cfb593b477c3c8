import { sqlError, unsupported } from "../errors/sql-error.ts";
import type { Isolation } from "../parser/ast.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";
import { LIMITS } from "./constants.ts";
import { readType } from "./read-values.ts";
import { type Reader, readerOf } from "./reader.ts";

/** An RPC's parameter with its value. */
export interface RpcParameter {
  readonly name: string;
  readonly output: boolean;
  readonly type: SqlType;
  readonly value: SqlValue;
}

export interface Rpc {
  /** Lower case. */
  readonly procedure: string;
  readonly parameters: readonly RpcParameter[];
}

/** Procedures that are called by number ("RPC Request", ProcID). */
const PROCEDURES: Record<number, string> = {
  10: "sp_executesql",
  11: "sp_prepare",
  12: "sp_execute",
  13: "sp_prepexec",
  14: "sp_prepexecrpc",
  15: "sp_unprepare",
};

/** Types that exist in SQL Server, and not here. */
const REFUSED: Record<number, string> = {
  34: "image",
  35: "text",
  98: "sql_variant",
  99: "ntext",
  240: "a user-defined type",
  241: "xml",
  243: "a table-valued parameter",
  244: "json",
};

/** Skips ALL_HEADERS: the transaction's descriptor, which the connection knows anyway. */
function skipHeaders(reader: Reader): void {
  const length = reader.u32();
  if (length < 4) throw sqlError(17836, "The headers of the request have no length.");
  reader.skip(length - 4);
}

/** The text of a SQL_BATCH. */
export function readBatch(data: Buffer): string {
  const reader = readerOf(data);
  skipHeaders(reader);
  return reader.text(Math.floor(reader.left() / 2));
}

export function readRpc(data: Buffer): Rpc {
  const reader = readerOf(data);
  skipHeaders(reader);
  const length = reader.u16();
  const number = length === 0xffff ? reader.u16() : undefined;
  const procedure = number === undefined ? reader.text(length) : (PROCEDURES[number] ?? `#${number}`);
  reader.u16();
  const parameters: RpcParameter[] = [];
  while (reader.left() > 0) {
    if (parameters.length >= LIMITS.parameters)
      throw sqlError(17836, `An RPC has more than ${LIMITS.parameters} parameters.`);
    const name = reader.text(reader.u8());
    // A second call in the same request begins with 0xFF or 0x80.
    const status = reader.u8();
    const type = readType(reader);
    if ("unknown" in type) {
      const known = REFUSED[type.unknown];
      if (known !== undefined) throw unsupported(`A parameter of ${known}`);
      throw sqlError(8009, parameters.length + 1, name, type.unknown.toString(16).toUpperCase());
    }
    parameters.push({
      name: name.toLowerCase(),
      output: (status & 1) !== 0,
      type: type.type,
      value: type.read(reader),
    });
  }
  return {
    procedure: procedure
      .toLowerCase()
      .replace(/^(\[?sys\]?\.|\[?dbo\]?\.)/, "")
      .replace(/[[\]]/g, ""),
    parameters,
  };
}

export interface TransactionRequest {
  readonly operation: "begin" | "commit" | "rollback" | "save";
  readonly name: string;
  readonly isolation: Isolation | undefined;
  /** A new transaction is to begin at once. */
  readonly again: boolean;
}

const OPERATIONS: Record<number, TransactionRequest["operation"]> = {
  5: "begin",
  7: "commit",
  8: "rollback",
  9: "save",
};
const ISOLATIONS: Record<number, Isolation> = {
  1: "read uncommitted",
  2: "read committed",
  3: "repeatable read",
  4: "serializable",
  5: "snapshot",
};

export function readTransaction(data: Buffer): TransactionRequest {
  const reader = readerOf(data);
  skipHeaders(reader);
  const number = reader.u16();
  const operation = OPERATIONS[number];
  if (operation === undefined)
    throw unsupported(`The transaction manager request ${number} (distributed transactions)`);
  let isolation = operation === "begin" ? ISOLATIONS[reader.u8()] : undefined;
  const name = readName(reader);
  let again = false;
  if ((operation === "commit" || operation === "rollback") && reader.left() > 0) {
    again = (reader.u8() & 1) !== 0;
    if (again) {
      isolation = ISOLATIONS[reader.u8()];
      readName(reader);
    }
  }
  return { operation, name, isolation, again };
}

/** Names are given in bytes here. */
const readName = (reader: Reader): string => reader.bytes(reader.u8()).toString("utf16le");
