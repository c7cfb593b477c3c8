import { describe, expect, it } from "vitest";
import { openStores } from "./open.ts";

const cosmos = {
  kind: "connection string",
  value: "AccountEndpoint=http://127.0.0.1:1/;AccountKey=a2V5;",
} as const;
const sql = { kind: "connection string", value: "Server=127.0.0.1,1;User Id=sa;Password=p" } as const;
const open = (config: Parameters<typeof openStores>[0]) =>
  openStores(
    config,
    { sleep: async () => {} },
    (_what, error) => {
      throw error;
    },
    () => {},
  );

describe("openStores", () => {
  it("gives each endpoint the store that it is configured for", async () => {
    const stores = { orders: "cosmos", billing: "sql", marketing: "cosmos" } as const;
    const opened = await open({ stores, cosmos, sql });
    expect([opened.of.orders.mode, opened.of.billing.mode]).toEqual(["fence", "deadline"]);
    expect(opened.of.marketing).toBe(opened.of.orders);
    expect(opened.all).toEqual([opened.of.orders, opened.of.billing]);
  });

  it("opens no store that nobody uses", async () => {
    const onSql = await open({
      stores: { orders: "sql", billing: "sql", marketing: "sql" },
      cosmos: undefined,
      sql,
    });
    expect(onSql.cosmos).toBeUndefined();
    expect(onSql.all).toEqual([onSql.of.orders]);
    const onCosmos = await open({
      stores: { orders: "cosmos", billing: "cosmos", marketing: "cosmos" },
      cosmos,
      sql: undefined,
    });
    expect(onCosmos.all).toEqual([onCosmos.cosmos]);
    await onCosmos.cleanUp();
  });
});
