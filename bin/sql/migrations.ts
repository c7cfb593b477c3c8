import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlClient } from "../../shared/stores/sql/client.ts";
import { root } from "../root.ts";

/** One step of the schema's history: a batch of T-SQL that may be run again. */
export interface Migration {
  readonly number: number;
  /** The file's name. */
  readonly name: string;
  readonly text: string;
}

const folder = join(root, "shared/stores/sql/migrations");

const prepare = `SET NOCOUNT ON;
IF OBJECT_ID(N'dbo.Migrations', N'U') IS NULL
  CREATE TABLE dbo.Migrations (
    Number int NOT NULL CONSTRAINT PK_Migrations PRIMARY KEY,
    Name nvarchar(128) NOT NULL,
    AppliedAt datetime2(3) NOT NULL CONSTRAINT DF_Migrations_AppliedAt DEFAULT SYSUTCDATETIME()
  );`;

/** Runs a migration unless it was run; of several that try at once, one does and the others wait for it. */
const apply = `SET NOCOUNT ON; SET XACT_ABORT ON;
BEGIN TRANSACTION;
DECLARE @lock int;
EXEC @lock = sp_getapplock @Resource = N'migrations', @LockMode = N'Exclusive', @LockTimeout = 30000;
IF @lock < 0 THROW 50423, N'Another program has been applying migrations for 30 seconds.', 1;
IF NOT EXISTS (SELECT * FROM dbo.Migrations WHERE Number = @number)
BEGIN
  EXEC sp_executesql @text;
  INSERT dbo.Migrations (Number, Name) VALUES (@number, @name);
  SELECT @name AS Applied;
END
COMMIT TRANSACTION;`;

export const runnerStatements = { prepare, apply };

/** The project's migrations in their order: shared/stores/sql/migrations/001-….sql and so on. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number(name.slice(0, 3)),
      name,
      text: await readFile(join(folder, name), "utf8"),
    })),
  );
}

/**
 * Brings a database's tables to what the program needs. The login must be allowed to create schemas and tables.
 * @returns the names of the migrations that had not been applied before
 */
export async function migrate(client: SqlClient): Promise<string[]> {
  const migrations = await readMigrations();
  await client.query(prepare, {});
  const applied: string[] = [];
  for (const { number, name, text } of migrations) {
    const [rows = []] = await client.query(apply, { number, name, text });
    if (rows.length > 0) applied.push(name);
  }
  return applied;
}
