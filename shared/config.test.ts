import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { milliseconds } from "./duration.ts";

const least = { ServiceBus: "Endpoint=sb://localhost", Cosmos: "AccountEndpoint=http://localhost:8081/" };

describe("readConfig", () => {
  it("has the documented values by default", () => {
    expect(readConfig(least)).toMatchObject({
      retention: { retention: 7 * 86_400_000, skew: 300_000, margin: 600_000 },
      grace: 5000,
      operations: { auth: "off" },
      logSteps: false,
    });
  });

  it("uses an identity where there is an address instead of a connection string", () => {
    const config = readConfig({
      ServiceBus__fullyQualifiedNamespace: "x.servicebus.windows.net",
      Cosmos__accountEndpoint: "https://x.documents.azure.com",
      AZURE_CLIENT_ID: "some-client",
    });
    expect(config.serviceBus).toEqual({
      kind: "identity",
      address: "x.servicebus.windows.net",
      clientId: "some-client",
    });
    expect(config.cosmos).toMatchObject({ kind: "identity" });
  });

  it.each([
    [{ ServiceBus: "" }, /setting ServiceBus: missing; .*ServiceBus__fullyQualifiedNamespace/],
    [{ Cosmos: undefined }, /setting Cosmos: missing/],
    [{ RETENTION: "7 days" }, /setting RETENTION: expected an ISO 8601 duration .* came "7 days"/],
    [{ RETENTION: "P5D" }, /setting RETENTION: 120 h is too short/],
    [{ MESSAGE_TIME_TO_LIVE: "P14D" }, /setting RETENTION: 168 h is too short/],
    [{ RETENTION_MARGIN: "PT5M" }, /setting RETENTION_MARGIN: must be longer than CLOCK_SKEW/],
    [{ OPERATIONS_AUTH: "open" }, /setting OPERATIONS_AUTH: expected "local"/],
  ])("refuses %j by name", (settings, message) => {
    expect(() => readConfig({ ...least, ...settings })).toThrow(message);
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
