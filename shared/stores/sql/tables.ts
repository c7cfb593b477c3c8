import type { StoredState } from "../../exactly-once/contracts.ts";
import type { Parameters, Row } from "./client.ts";

/**
 * The tables in which an endpoint keeps its aggregates: statements that become part of the store's own batches, so
 * that an endpoint with tables of its own needs no round trip more. Every statement may use `@aggregateId`.
 */
export interface StateTables {
  /**
   * Reads an aggregate. Where that takes several statements, the version comes first: what is read after it may be
   * newer than the version, and then the commit is a conflict; the other way round it would be a lost update.
   */
  readonly load: string;
  /** @param results the rows of each result of `load` */
  read(results: readonly (readonly Row[])[]): VersionedState | undefined;
  /**
   * One statement that makes `@version` the next one, or creates the aggregate where `@version` is NULL. It changes
   * no row, or breaks the primary key, exactly if the aggregate is no longer as it was read.
   */
  readonly claim: string;
  /** Writes the state, after `claim`; with the parameters of `parameters`, but not their names alone: `@state…`. */
  readonly save: string;
  /** @throws if the state has another form than these tables */
  parameters(state: StoredState): Parameters;
}

export interface VersionedState {
  readonly state: StoredState;
  readonly version: string;
}

/** Any endpoint's state as JSON in one table, `State` in the schema of the endpoint's name. */
export const jsonState = (endpoint: string): StateTables => ({
  load: `SELECT Version, [Schema], Value FROM [${endpoint}].State WHERE AggregateId = @aggregateId;`,
  read([rows = []]) {
    const [row] = rows;
    if (row === undefined) return undefined;
    const state = { schema: Number(row["Schema"]), value: JSON.parse(String(row["Value"])) as unknown };
    return { state, version: String(row["Version"]) };
  },
  claim: `IF @version IS NULL
    INSERT [${endpoint}].State (AggregateId, Version, [Schema], Value) VALUES (@aggregateId, 1, @stateSchema, @stateValue);
  ELSE
    UPDATE [${endpoint}].State SET Version = Version + 1, [Schema] = @stateSchema, Value = @stateValue
    WHERE AggregateId = @aggregateId AND Version = @version;`,
  save: "",
  parameters: ({ schema, value }) => ({ stateSchema: schema, stateValue: JSON.stringify(value) ?? "null" }),
});
