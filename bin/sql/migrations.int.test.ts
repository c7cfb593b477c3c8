import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqlServer, startSql } from "../../emulators/sql/index.ts";
import { type SqlClient, sqlClient } from "../../shared/stores/sql/client.ts";
import { migrate, readMigrations } from "./migrations.ts";

let server: SqlServer;
let client: SqlClient;
beforeAll(async () => {
  server = await startSql();
  client = sqlClient(server);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

describe("migrations", () => {
  it("of an empty database are applied once, also by several at a time", async () => {
    const own = await startSql();
    const clients = [1, 2, 3].map(() => sqlClient(own));
    const applied = await Promise.all(clients.map(migrate));
    expect(applied.flat().toSorted()).toEqual(["001-orders.sql", "002-billing.sql", "003-marketing.sql"]);
    await Promise.all(clients.map((each) => each.close()));
    await own.close();
  });

  it("that fail leave nothing behind, and say which", async () => {
    await client.query("EXEC (N'CREATE SCHEMA billing')", {});
    await client.query("CREATE TABLE billing.Payments (Other int)", {});
    // The table is there already, so that it is not made; the store's statements would tell.
    expect(await migrate(client)).toEqual(["001-orders.sql", "002-billing.sql", "003-marketing.sql"]);
    await client.query("DROP TABLE billing.Payments; DELETE dbo.Migrations WHERE Number = 2", {});
    await client.query(
      "DROP TABLE billing.Accounts; EXEC (N'CREATE TABLE billing.Accounts (Other int)')",
      {},
    );
    await expect(migrate(client)).rejects.toThrow(
      /migration 002-billing.sql failed and was undone: .*CustomerId/,
    );
    expect((await client.query("SELECT OBJECT_ID(N'billing.Payments') AS Id", {}))[0]).toEqual([
      { Id: null },
    ]);
    await client.query("DROP TABLE billing.Accounts", {});
  });

  it("that were undone are applied later, and do no harm when run again by hand", async () => {
    expect(await migrate(client)).toEqual(["002-billing.sql"]);
    expect(await migrate(client)).toEqual([]);
    await client.query("INSERT billing.Accounts VALUES (N'c', 1)", {});
    for (const { text } of await readMigrations()) await client.query(text, {});
    expect((await client.query("SELECT COUNT(*) AS n FROM billing.Accounts", {}))[0]).toEqual([{ n: 1 }]);
  });
});
