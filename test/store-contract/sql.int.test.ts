import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import { migrate } from "../../bin/sql/migrations.ts";
import { billingTables } from "../../shared/stores/sql/billing-tables.ts";
import { type SqlClient, sqlClient } from "../../shared/stores/sql/client.ts";
import { sqlStore } from "../../shared/stores/sql/sql.ts";
import { jsonState } from "../../shared/stores/sql/tables.ts";
import type { StoreStep } from "../../shared/stores/steps.ts";
import { age, type Database, openDatabase, proxied } from "../support/sql-database.ts";
import { type StoreUnderTest, storeContract } from "./suite.ts";

let database: Database;
let direct: SqlClient;

beforeAll(async () => {
  database = await openDatabase();
  direct = sqlClient(database.address);
  await migrate(direct);
});

afterAll(async () => {
  await direct.close();
  await database.close();
});

async function open(): Promise<StoreUnderTest> {
  const steps: StoreStep[] = [];
  const { client, proxy } = await proxied(database);
  const store = sqlStore({
    client,
    tables: { orders: jsonState("orders"), billing: billingTables },
    surroundings: { sleep: (milliseconds) => sleep(milliseconds) },
    failed: (what, error) => {
      throw new Error(what, { cause: error });
    },
    observe: (step) => steps.push(step),
  });
  return {
    store,
    takeSteps: () => steps.splice(0),
    takeTurns: proxy.takeTurns,
    loseNextCommitAnswer: proxy.loseNextAnswer,
    now: Date.now,
    advance: (milliseconds) => age(direct, milliseconds),
    async close() {
      await store.flush();
      await client.close();
      await proxy.close();
    },
  };
}

storeContract("the SQL store", open);
