import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { milliseconds } from "./duration.ts";

const sql = "Server=localhost,1433;Database=pierogi;User Id=sa;Password='a;b'";
const least = {
  ServiceBus: "Endpoint=sb://localhost",
  Cosmos: "AccountEndpoint=http://localhost:8081/",
  Sql: sql,
};

describe("readConfig", () => {
  it("has the documented values by default", () => {
    expect(readConfig(least)).toMatchObject({
      retention: { retention: 7 * 86_400_000, skew: 300_000, margin: 600_000 },
      grace: 5000,
      stores: { orders: "cosmos", billing: "sql", marketing: "cosmos" },
      sql: { kind: "connection string", value: sql },
      operations: { auth: "off" },
      logSteps: false,
    });
  });

  it("uses an identity where there is an address instead of a connection string", () => {
    const config = readConfig({
      ServiceBus__fullyQualifiedNamespace: "x.servicebus.windows.net",
      Cosmos__accountEndpoint: "https://x.documents.azure.com",
      Sql__server: "x.database.windows.net",
      Sql__database: "pierogi",
      AZURE_CLIENT_ID: "some-client",
    });
    expect(config.serviceBus).toEqual({
      kind: "identity",
      address: "x.servicebus.windows.net",
      clientId: "some-client",
    });
    expect(config.cosmos).toMatchObject({ kind: "identity" });
    expect(config.sql).toEqual({
      kind: "identity",
      server: "x.database.windows.net",
      database: "pierogi",
      clientId: "some-client",
    });
  });

  it("asks only for the stores that are used", () => {
    const { Sql: _sql, ...withoutSql } = least;
    const { Cosmos: _cosmos, ...withoutCosmos } = least;
    const allCosmos = readConfig({ ...withoutSql, BILLING_STORE: "cosmos" });
    expect(allCosmos).toMatchObject({ stores: { billing: "cosmos" }, sql: undefined });
    const allSql = readConfig({ ...withoutCosmos, ORDERS_STORE: "sql", MARKETING_STORE: "sql" });
    expect(allSql).toMatchObject({ stores: { orders: "sql", marketing: "sql" }, cosmos: undefined });
  });

  it.each([
    [{ ORDERS_STORE: "mongo" }, /setting ORDERS_STORE: expected "cosmos" or "sql", .* came "mongo"/],
    [{ Sql: undefined }, /setting Sql: missing; .*Sql__server and Sql__database/],
    [{ Sql: undefined, Sql__server: "x" }, /setting Sql: missing/],
    [{ Sql: `${sql};Authentication=Active Directory Managed Identity` }, /setting Sql: .* ignores Auth/],
    [{ Sql: `${sql};Authentication=Active Directory Default` }, /setting Sql: .*Sql__server/],
    [{ Sql: "Server=x;Database=d;Trusted_Connection=yes" }, /setting Sql: .* ignores Integrated Security/],
    [{ Sql: "Server=x;Integrated Security = SSPI" }, /setting Sql: .* ignores Integrated Security/],
    [{ Sql: `${sql};Encrypt=Strict` }, /setting Sql: .* takes Encrypt=Strict for Encrypt=True/],
    [{ Sql: "Server=x;Database=d;User Id=u" }, /setting Sql: the connection string has no Password; /],
    [{ Sql: "sql.example.org" }, /has no Server and no User Id and no Password/],
    [{ ServiceBus: "" }, /setting ServiceBus: missing; .*ServiceBus__fullyQualifiedNamespace/],
    [{ Cosmos: undefined }, /setting Cosmos: missing/],
    [{ RETENTION: "7 days" }, /setting RETENTION: expected an ISO 8601 duration .* came "7 days"/],
    [{ RETENTION: "P5D" }, /setting RETENTION: 120 h is too short/],
    [{ MESSAGE_TIME_TO_LIVE: "P14D" }, /setting RETENTION: 168 h is too short/],
    [{ DEAD_LETTER_HANDLING: "P4D" }, /setting RETENTION: 168 h is too short/],
    [{ DISPATCH_OUTAGE: "P3D" }, /setting RETENTION: 168 h is too short/],
    [
      { RETENTION_MARGIN: "PT6M", CLOCK_SKEW: "PT6M" },
      /setting RETENTION_MARGIN: must be longer than CLOCK_SKEW/,
    ],
    [{ RETENTION_MARGIN: "PT5M" }, /setting RETENTION_MARGIN: must be longer than CLOCK_SKEW/],
    [{ OPERATIONS_AUTH: "open" }, /setting OPERATIONS_AUTH: expected "local"/],
  ])("refuses %j by name", (settings, message) => {
    expect(() => readConfig({ ...least, ...settings })).toThrow(message);
  });

  it("takes a connection string that says what the driver does", () => {
    const value = `${sql};Authentication=Sql Password;Integrated Security=False;Encrypt=Mandatory;MultipleActiveResultSets=False`;
    expect(readConfig({ ...least, Sql: value }).sql).toEqual({ kind: "connection string", value });
  });

  it("leaves operations off when there is no token to check", () => {
    expect(readConfig({ ...least, OPERATIONS_AUTH: "local" }).operations).toEqual({ auth: "off" });
    expect(readConfig({ ...least, OPERATIONS_AUTH: "local", OPERATIONS_TOKEN: "t" }).operations).toEqual({
      auth: "local",
      token: "t",
    });
  });
});

describe("milliseconds", () => {
  it.each([
    ["P7D", 604_800_000],
    ["PT1M30S", 90_000],
    ["P1DT2H", 93_600_000],
  ])("of %s", (text, expected) => expect(milliseconds(text)).toBe(expected));

  it.each(["", "P", "PT", "7D", "P1W", "PT1.5S", "-P1D"])("refuses %j", (text) =>
    expect(() => milliseconds(text)).toThrow(RangeError),
  );
});
