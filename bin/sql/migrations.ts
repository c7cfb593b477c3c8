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

/** Runs a migration unless it was run; of several that try at once, one does and the others wait for it. */
export const applyStatement = `SET NOCOUNT ON; SET XACT_ABORT ON;
DECLARE @lock int;
BEGIN TRY
  BEGIN TRANSACTION;
  EXEC @lock = sp_getapplock @Resource = N'migrations', @LockMode = N'Exclusive', @LockTimeout = 12000;
  IF @lock < 0 THROW 50423, N'another program has been applying migrations for 12 seconds', 1;
  IF OBJECT_ID(N'dbo.Migrations', N'U') IS NULL
    CREATE TABLE dbo.Migrations (
      Number int NOT NULL CONSTRAINT PK_Migrations PRIMARY KEY,
      Name nvarchar(128) NOT NULL,
      AppliedAt datetime2(3) NOT NULL CONSTRAINT DF_Migrations_AppliedAt DEFAULT SYSUTCDATETIME()
    );
  IF NOT EXISTS (SELECT * FROM dbo.Migrations WHERE Number = @number)
  BEGIN
    EXEC sp_executesql @text;
    INSERT dbo.Migrations (Number, Name) VALUES (@number, @name);
    SELECT @name AS Applied;
  END
  COMMIT TRANSACTION;
END TRY
BEGIN CATCH
  -- Not every error within a text ends the batch around it.
  IF XACT_STATE() <> 0 ROLLBACK TRANSACTION;
  THROW;
END CATCH`;

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
 * @throws an error that names the migration that failed; those before it stay applied
 */
export async function migrate(client: SqlClient): Promise<string[]> {
  const migrations = await readMigrations();
  const applied: string[] = [];
  for (const { number, name, text } of migrations) {
    const [rows = []] = await client.query(applyStatement, { number, name, text }).catch((cause: unknown) => {
      throw new Error(`migration ${name} failed and was undone: ${String(cause)}`, { cause });
    });
    if (rows.length > 0) applied.push(name);
  }
  return applied;
}
