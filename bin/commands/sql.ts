import { parseArgs } from "node:util";
import { CommandError, UsageError } from "../command.ts";
import { dataFolder } from "../data-folder.ts";
import { runningStack } from "../running-stack.ts";
import { formatTable } from "../sql/format-table.ts";
import { BatchError, type BatchResult, runBatch } from "../sql/run-batch.ts";

export const usage = `Usage: npx pierogi sql "<T-SQL>" [--json] [--connection C | --data FOLDER]

Runs a batch of T-SQL on the SQL Server of the running stack, and prints its results as tables.
For example: npx pierogi sql "SELECT * FROM billing.Payments"
  --json          print each row as a line of JSON, with texts in full
  --connection C  a connection string: on this server instead
  --data FOLDER   the folder of the running stack, if it was started with --data`;

const tables =
  "SELECT s.name + N'.' + t.name AS Name FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id ORDER BY Name";

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      connection: { type: "string" },
      data: { type: "string" },
    },
  });
  const [text] = positionals;
  if (text === undefined || positionals.length !== 1) {
    throw new UsageError('expected one text in quotes: npx pierogi sql "SELECT * FROM billing.Payments"');
  }
  const connection = values.connection ?? (await runningStack(dataFolder(values.data)))?.sql;
  if (connection === undefined) {
    throw new CommandError(
      "no stack is running: start one with `npx pierogi start`, or name a server with --connection",
    );
  }
  const result = await runBatch(connection, text).catch(async (error: unknown) => {
    throw new CommandError(await explain(error, connection), { cause: error });
  });
  print(result, values.json);
  return 0;
}

function print({ tables: results, changed, messages }: BatchResult, json: boolean): void {
  if (json) {
    for (const { columns, rows } of results)
      for (const row of rows)
        console.log(JSON.stringify(Object.fromEntries(columns.map(({ name }, n) => [name, row[n]]))));
    return;
  }
  const parts = [
    ...messages,
    ...results.map(formatTable),
    ...(changed > 0 ? [`${changed} ${changed === 1 ? "row" : "rows"} changed`] : []),
  ];
  console.log(parts.length > 0 ? parts.join("\n\n") : "done");
}

async function explain(error: unknown, connection: string): Promise<string> {
  if (!(error instanceof BatchError)) return `the SQL server can't be used: ${String(error)}`;
  const text = `error ${error.number}: ${error.message}`;
  // Invalid object name.
  if (error.number !== 208) return text;
  const known = await runBatch(connection, tables);
  return `${text}\nThere are ${known.tables[0]?.rows.map(([name]) => String(name)).join(", ")}.`;
}
