import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configOf } from "../testing-config.ts";
import { parseConfig } from "./config.ts";
import { parseDuration } from "./duration.ts";

describe("a configuration", () => {
  it("gets the official emulator's defaults", () => {
    const [queue] = parseConfig(configOf({ plain: {} })).queues;
    expect(queue).toEqual({
      name: "plain",
      lockDuration: 60_000,
      maxDeliveryCount: 3,
      defaultTimeToLive: 3_600_000,
      deadLetterOnExpiration: false,
      requiresSession: false,
      forwardTo: undefined,
      forwardDeadLetteredTo: undefined,
    });
  });

  it("without rules takes everything", () => {
    const [topic] = parseConfig(configOf({}, { events: { all: {} } })).topics;
    expect(topic?.subscriptions[0]?.rules).toEqual([{ name: "$Default", filter: { type: "true" } }]);
  });

  const rule = (properties: object) =>
    configOf({}, { events: { one: { Rules: [{ Name: "r", Properties: properties }] } } });

  it.each([
    [{ FilterType: "Sql", SqlFilter: { SqlExpression: "1=1" } }, { type: "true" }],
    [{ FilterType: "Sql", SqlFilter: { SqlExpression: " 1 = 0 " } }, { type: "false" }],
    [{ FilterType: "TrueFilter" }, { type: "true" }],
    [{ FilterType: "FalseFilter" }, { type: "false" }],
    [
      { FilterType: "Correlation", CorrelationFilter: { Label: "x", Properties: { a: 1 } } },
      { type: "correlation", conditions: { label: "x", properties: { a: 1 } } },
    ],
  ])("reads the rule %j", (properties, filter) => {
    expect(parseConfig(rule(properties)).topics[0]?.subscriptions[0]?.rules[0]?.filter).toMatchObject(filter);
  });

  const queue = "UserConfig.Namespaces[0].Queues[0]";
  const ruleAt = "UserConfig.Namespaces[0].Topics[0].Subscriptions[0].Rules[0].Properties";
  it.each([
    [
      "a lock that is too short",
      configOf({ plain: { LockDuration: "PT1S" } }),
      `${queue}.Properties.LockDuration`,
    ],
    [
      "too many deliveries",
      configOf({ plain: { MaxDeliveryCount: 11 } }),
      `${queue}.Properties.MaxDeliveryCount`,
    ],
    [
      "a property it does not know",
      configOf({ plain: { LockDurations: "PT1M" } }),
      `${queue}.Properties: Unrecognized key: "LockDurations"`,
    ],
    [
      "duplicate detection",
      configOf({ plain: { RequiresDuplicateDetection: true } }),
      `${queue}.Properties.RequiresDuplicateDetection`,
    ],
    ["a bad name", configOf({ "-plain": {} }), `${queue}.Name`],
    [
      "an SQL filter",
      rule({ FilterType: "Sql", SqlFilter: { SqlExpression: "a > 1" } }),
      `${ruleAt}.SqlFilter.SqlExpression`,
    ],
    ["a Sql rule without its filter", rule({ FilterType: "Sql" }), `${ruleAt}.SqlFilter`],
    [
      "a rule action",
      rule({ FilterType: "TrueFilter", Action: { SqlExpression: "SET a = 1" } }),
      `${ruleAt}.Action`,
    ],
    ["two entities of one name", configOf({ plain: {}, PLAIN: {} }), "two entities with the name 'plain'"],
    ["a target that is not there", configOf({ plain: { ForwardTo: "other" } }), "plain forwards to 'other'"],
    [
      "an entity that forwards to itself",
      configOf({ plain: { ForwardTo: "plain" } }),
      "plain forwards to itself",
    ],
    [
      "forwarding from a session entity",
      configOf({ plain: {}, lanes: { RequiresSession: true, ForwardTo: "plain" } }),
      "lanes has RequiresSession and ForwardTo",
    ],
  ])("with %s is refused by its place", (_, config, place) => {
    expect(() => parseConfig(config)).toThrow(place);
  });
});

describe("a duration", () => {
  it("of days, hours, minutes and seconds is read in milliseconds", () => {
    const part = fc.nat({ max: 99 });
    fc.assert(
      fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
        const text = `P${days}DT${hours}H${minutes}M${seconds}S`;
        expect(parseDuration(text)).toBe((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
      }),
    );
    expect(parseDuration("PT0.5S")).toBe(500);
  });

  it.each(["", "P", "PT", "P1DT", "1S", "PT1", "P1Y", "PT-1S"])("is not '%s'", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
