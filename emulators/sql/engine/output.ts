import type { Env } from "../binder/bound.ts";
import type { Scope, SourceInfo } from "../binder/scope.ts";
import { bindItems } from "../binder/select.ts";
import { tableColumns } from "../binder/sources.ts";
import type { Output } from "../parser/ast.ts";
import type { Row, Table } from "../storage/table.ts";
import type { BoundRows } from "./changed.ts";

/** The OUTPUT clause, bound: rows of the result, made from each changed row. */
export interface BoundOutput {
  readonly rows: BoundRows;
  add(env: Env, inserted: Row | null, deleted: Row | null): void;
}

/** Binds OUTPUT over the tables `inserted` and `deleted`, and those of the statement's FROM clause. */
export function bindOutput(
  output: Output,
  table: Table,
  scope: Scope,
  which: readonly ("inserted" | "deleted")[],
): BoundOutput {
  const pseudo = which.map(
    (alias): SourceInfo => ({ alias, name: [alias], columns: tableColumns(table), nullable: false }),
  );
  const before = scope.sources.length;
  const items = bindItems(output.items, { ...scope, sources: [...scope.sources, ...pseudo] });
  const rows: Row[] = [];
  return {
    rows: { columns: items.map(({ column }) => column), rows },
    add(env, inserted, deleted) {
      const own: Row[] = [...env.rows];
      which.forEach((alias, i) => {
        own[before + i] = (alias === "inserted" ? inserted : deleted) ?? [];
      });
      rows.push(items.map(({ bound }) => bound.evaluate({ ...env, rows: own })));
    },
  };
}
