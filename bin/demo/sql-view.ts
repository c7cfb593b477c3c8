import { type Row, sqlClient } from "../../shared/stores/sql/client.ts";
import type { StoredAggregate } from "./found.ts";
import type { StoreView } from "./store-view.ts";

const endpoints = ["orders", "billing", "marketing"] as const;

const sumOf = (table: string): string =>
  `SELECT ${endpoints.map((endpoint) => `(SELECT COUNT(*) FROM ${endpoint}.${table})`).join(" + ")} AS Total`;

/** What the audit asks. */
export const auditStatements = {
  unsent: sumOf("Outbox WHERE Ordinal = 0"),
  handled: sumOf("Inbox"),
  aggregates: `SELECT 'orders' AS Endpoint, AggregateId, Value FROM orders.State
UNION ALL SELECT 'marketing', AggregateId, Value FROM marketing.State;
SELECT a.CustomerId, p.OrderId, CAST(p.Amount * 100 AS bigint) AS Cents, p.Status
FROM billing.Accounts AS a LEFT JOIN billing.Payments AS p ON p.CustomerId = a.CustomerId;`,
};

/** What the endpoints keep in SQL Server. */
export function sqlView(connectionString: string): StoreView {
  const client = sqlClient({ connectionString });
  const total = async (text: string): Promise<number> =>
    Number((await client.query(text, {}))[0]?.[0]?.["Total"]);
  return {
    unsent: () => total(auditStatements.unsent),
    handled: () => total(auditStatements.handled),
    async aggregates() {
      const [states = [], payments = []] = await client.query(auditStatements.aggregates, {});
      return [
        ...states.map((row) => ({
          endpoint: String(row["Endpoint"]),
          id: String(row["AggregateId"]),
          state: JSON.parse(String(row["Value"])) as unknown,
        })),
        ...accountsOf(payments),
      ];
    },
    close: client.close,
  };
}

/** An account without a payment has a row without an order. */
const accountsOf = (rows: readonly Row[]): StoredAggregate[] =>
  [...Map.groupBy(rows, (row) => String(row["CustomerId"]))].map(([id, its]) => ({
    endpoint: "billing",
    id,
    state: {
      payments: its
        .filter((row) => row["OrderId"] !== null)
        .map((row) => ({ orderId: row["OrderId"], cents: Number(row["Cents"]), status: row["Status"] })),
    },
  }));
