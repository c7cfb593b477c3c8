import type { SourceColumn } from "../binder/scope.ts";
import type { Row } from "../storage/table.ts";

/** Rows with their columns. */
export interface BoundRows {
  readonly columns: readonly SourceColumn[];
  readonly rows: readonly Row[];
}

/** What a data statement did: how many rows, and what OUTPUT returns to the client. */
export interface Changed {
  readonly count: number;
  readonly output: BoundRows | undefined;
}
