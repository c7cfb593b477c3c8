import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../bin/root.ts";
import { prepareSql } from "../bin/sql/prepare.ts";
import { runNode } from "../bin/tool.ts";
import { type SqlServer, startSql } from "../emulators/sql/index.ts";

let server: SqlServer;
beforeAll(async () => {
  server = await startSql();
  await prepareSql(server.connectionString);
  // What was applied is not applied again.
  await prepareSql(server.connectionString);
});
afterAll(() => server.close());

const sql = (...args: string[]) =>
  runNode([join(root, "bin/pierogi.js"), "sql", ...args, "--connection", server.connectionString]);

describe("pierogi sql", () => {
  it("prints results, changes and messages", async () => {
    const batch =
      "PRINT N'hello'; INSERT billing.Accounts VALUES (N'c', 1); SELECT CustomerId AS Customer, Version FROM billing.Accounts; SELECT 1 AS One, 2 AS One";
    expect(await sql(batch)).toEqual({
      code: 0,
      stdout:
        "hello\n\nCustomer  Version\n--------  -------\nc               1\n(1 row)\n\nOne  One\n---  ---\n  1    2\n(1 row)\n\n1 row changed\n",
      stderr: "",
    });
    const { stdout } = await sql("SELECT Number, Name FROM dbo.Migrations ORDER BY Number", "--json");
    expect(stdout.split("\n")[0]).toBe('{"Number":1,"Name":"001-orders.sql"}');
  });

  it("names what the server does not support, and what runs it", async () => {
    const { code, stderr } = await sql("SELECT * FROM billing.Payments FOR JSON PATH");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pierogi: error 40517: .*FOR JSON.*official container/);
  });

  it("lists the tables when one is not there", async () => {
    const { stderr } = await sql("SELECT * FROM billing.Payment");
    expect(stderr).toMatch(/error 208: Invalid object name 'billing.Payment'/);
    expect(stderr).toContain("billing.Accounts, billing.Inbox, billing.Outbox, billing.Payments");
  });

  it("says what it expects", async () => {
    expect(await sql()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected one text in quotes"),
    });
  });
});
