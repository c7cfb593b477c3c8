import { type Account, billing } from "../../pierogi/billing.ts";
import type { StateTables } from "./tables.ts";

/** Billing's own tables: an account has payments, and money is a decimal number of dollars. */
export const billingTables: StateTables = {
  load: `SELECT Version FROM billing.Accounts WHERE CustomerId = @aggregateId;
  SELECT OrderId, CAST(Amount * 100 AS bigint) AS Cents, Status, Version
  FROM billing.Payments WHERE CustomerId = @aggregateId ORDER BY Number;`,

  read([accounts = [], payments = []]) {
    const [account] = accounts;
    if (account === undefined) return undefined;
    const value = {
      payments: payments.map((row) => ({
        orderId: row["OrderId"],
        cents: Number(row["Cents"]),
        status: row["Status"],
        version: row["Version"],
      })),
    };
    return { state: { schema: billing.schema, value }, version: String(account["Version"]) };
  },

  claim: `IF @version IS NULL
    INSERT billing.Accounts (CustomerId, Version) VALUES (@aggregateId, 1);
  ELSE
    UPDATE billing.Accounts SET Version = Version + 1 WHERE CustomerId = @aggregateId AND Version = @version;`,

  save: `UPDATE p SET Status = s.status, Version = s.version
  FROM OPENJSON(@statePayments) WITH (orderId nvarchar(128), status varchar(10), version int) AS s
  JOIN billing.Payments AS p
    ON p.CustomerId = @aggregateId AND p.OrderId = s.orderId COLLATE Latin1_General_100_BIN2
  WHERE p.Version < s.version;
  INSERT billing.Payments (CustomerId, OrderId, Amount, Status, Version)
  SELECT @aggregateId, s.orderId, CAST(s.cents AS decimal(19, 2)) / 100, s.status, s.version
  FROM OPENJSON(@statePayments) WITH (orderId nvarchar(max), cents bigint, status varchar(10), version int) AS s
  WHERE NOT EXISTS (
    SELECT * FROM billing.Payments AS p
    WHERE p.CustomerId = @aggregateId AND p.OrderId = s.orderId COLLATE Latin1_General_100_BIN2
  );`,

  parameters({ schema, value }) {
    const account: Account = billing.restore(schema, value);
    return { statePayments: JSON.stringify(account.payments) };
  },
};
