import type { Bound, Env } from "../binder/bound.ts";
import { sqlError } from "../errors/sql-error.ts";
import { decimal, INT, nvarchar, SMALLINT, type SqlType, type SqlValue, TINYINT } from "../types/sql-type.ts";

type Global = readonly [type: SqlType, read: (env: Env) => SqlValue];

const GLOBALS: Record<string, Global> = {
  "@@rowcount": [INT, ({ runtime }) => runtime.session.rowcount],
  "@@trancount": [INT, ({ runtime }) => BigInt(runtime.session.trancount)],
  "@@error": [INT, ({ runtime }) => BigInt(runtime.session.lastError)],
  "@@identity": [decimal(38, 0), ({ runtime }) => runtime.session.identity],
  "@@spid": [SMALLINT, ({ runtime }) => BigInt(runtime.session.spid)],
  "@@version": [
    nvarchar(300),
    () =>
      "Microsoft SQL Server 2022 - 16.0 subset, embedded (pierogi orders): see the README of emulators/sql for what it runs",
  ],
  "@@servername": [nvarchar(128), () => "localhost"],
  "@@lock_timeout": [
    INT,
    ({ runtime }) =>
      Number.isFinite(runtime.session.lockTimeout) ? BigInt(runtime.session.lockTimeout) : -1n,
  ],
  "@@nestlevel": [INT, ({ runtime }) => BigInt(runtime.session.nesting)],
  "@@datefirst": [TINYINT, () => 7n],
  "@@max_precision": [TINYINT, () => 38n],
};

/** A global variable such as @@ROWCOUNT. Throws 137 for an unknown one. */
export function globalVariable(name: string): Bound {
  const found = Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined;
  if (found === undefined) throw sqlError(137, name);
  const [type, evaluate] = found;
  return { type, nullable: true, uses: 0, evaluate };
}
