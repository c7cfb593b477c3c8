import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

describe("settings", () => {
  const settings = settingsOf({
    Queue: "orders",
    AzureWebJobsBus: "prefixed",
    Bus: "plain",
    Identity__fullyQualifiedNamespace: "x",
  });

  it("replace their references", () => expect(settings.resolve("a-%queue%-b", "here")).toBe("a-orders-b"));

  it("that are not there are named", () =>
    expect(() => settings.resolve("%None%", "here")).toThrow(
      'here refers to %None%, but there is no setting "None"',
    ));

  it("of a connection are looked for as the real host does", () =>
    expect(settings.connectionString("Bus", "here")).toBe("prefixed"));

  it("that want an identity are refused by name", () =>
    expect(() => settings.connectionString("Identity", "here")).toThrow(
      '"Identity__fullyQualifiedNamespace" is an identity-based',
    ));

  it("of a connection that are not there are named", () =>
    expect(() => settings.connectionString("None", "here")).toThrow(
      'there is no setting "None" (or "AzureWebJobsNone")',
    ));
});
