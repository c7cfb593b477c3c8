import mssql from "mssql";

export interface BatchResult {
  /** The queries' results, in their order. */
  readonly tables: readonly Table[];
  /** Rows that statements without a result have changed. */
  readonly changed: number;
  /** What PRINT and the server itself say. */
  readonly messages: readonly string[];
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface Column {
  /** Empty where the query gives none. */
  readonly name: string;
  readonly numeric: boolean;
  /** Digits after the point that a number of this type has; undefined where that differs from value to value. */
  readonly scale?: number;
}

const numbers: readonly unknown[] = [
  mssql.TinyInt,
  mssql.SmallInt,
  mssql.Int,
  mssql.BigInt,
  mssql.Decimal,
  mssql.Numeric,
  mssql.Money,
  mssql.SmallMoney,
  mssql.Float,
  mssql.Real,
];

/** A result in the driver's row mode for several columns of one name. */
type ArrayRows = unknown[][] & {
  readonly columns: readonly { readonly name: string; readonly type: unknown; readonly scale?: number }[];
};

/** An error of the server, with its number. */
export class BatchError extends Error {
  override name = "BatchError";
  readonly number: number;

  constructor(number: number, message: string, options: ErrorOptions) {
    super(message, options);
    this.number = number;
  }
}

/**
 * Runs a batch of T-SQL as it is.
 * @throws BatchError if the server refuses it; the driver's error if the server can't be reached
 */
export async function runBatch(connectionString: string, text: string): Promise<BatchResult> {
  const config = mssql.ConnectionPool.parseConnectionString(connectionString);
  const pool = await new mssql.ConnectionPool({ ...config, arrayRowMode: true }).connect();
  try {
    const request = pool.request();
    const messages: string[] = [];
    request.on("info", ({ message }: { message: string }) => messages.push(message));
    const result = await request.batch(text);
    const tables = (result.recordsets as unknown as ArrayRows[]).map((rows) => ({
      columns: rows.columns.map(({ name, type, scale }) => ({
        name,
        numeric: numbers.includes(type),
        ...(type === mssql.Decimal || type === mssql.Numeric ? { scale: scale ?? 0 } : {}),
      })),
      rows: [...rows],
    }));
    const affected = result.rowsAffected.reduce((sum, count) => sum + count, 0);
    const read = tables.reduce((sum, { rows }) => sum + rows.length, 0);
    return { tables, changed: affected - read, messages };
  } catch (error) {
    if (error instanceof mssql.RequestError && error.number !== undefined) {
      throw new BatchError(error.number, error.message, { cause: error });
    }
    throw error;
  } finally {
    await pool.close();
  }
}
