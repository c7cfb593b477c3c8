import fc from "fast-check";
import { expect, test } from "vitest";
import { during, plan } from "./builder.ts";
import type { Point } from "./match.ts";
import { countRules, type Rules } from "./rules.ts";

const send = (more: Partial<Point> = {}): Point => ({ server: "serviceBus", operation: "send", ...more });
const strikes = (rules: Rules, points: readonly Point[]) =>
  points.map((point) => rules.strikes(point)?.rule.name);

test("a rule strikes from its n-th match on, as often as it says", () => {
  const rules = countRules(plan(1, during("serviceBus", "send").from(2).times(2).named("it").loseAnswer()));
  expect(strikes(rules, Array(5).fill(send()))).toEqual([undefined, "it", "it", undefined, undefined]);
});

test("every property that a rule gives must match", () => {
  const rules = countRules(
    plan(
      1,
      during("serviceBus", "send")
        .of("orders")
        .carrying("AddItem")
        .about("lane-07")
        .with({ filling: "Meat" })
        .times("always")
        .named("it")
        .loseAnswer(),
    ),
  );
  const wanted = send({
    entity: "orders",
    messageType: "AddItem",
    aggregate: "lane-07",
    properties: { filling: "Meat", other: 1 },
  });
  expect(
    strikes(rules, [
      wanted,
      { ...wanted, operation: "deliver" },
      { ...wanted, entity: "events" },
      { ...wanted, messageType: undefined },
      { ...wanted, aggregate: "lane-08" },
      { ...wanted, properties: { filling: "meat" } },
    ]),
  ).toEqual(["it", undefined, undefined, undefined, undefined, undefined]);
});

test("an operation with several messages matches once if one of them does", () => {
  const rules = countRules(
    plan(1, during("serviceBus", "send").carrying("AddItem").named("it").loseAnswer()),
  );
  const batch = [
    send({ messageType: "Pay" }),
    send({ messageType: "AddItem", messageId: "a" }),
    send({ messageType: "AddItem" }),
  ];
  expect(rules.strikes(...batch)).toMatchObject({ rule: { name: "it" }, point: { messageId: "a" } });
  expect(rules.progress()).toEqual({ it: { matched: 1, fired: 1 } });
});

test("one operation is struck once; the rule behind counts it as a match all the same", () => {
  const rules = countRules(
    plan(
      1,
      during("serviceBus", "send").named("first").loseRequest(),
      during("serviceBus", "send").from(2).named("second").loseAnswer(),
    ),
  );
  expect(strikes(rules, [send(), send(), send()])).toEqual(["first", "second", undefined]);
});

test("a server that was killed goes on with its plan where it was", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 20 }), (seed, killedAfter) => {
      const rules = plan(
        seed,
        during("serviceBus", "send").from(5).times(3).sometimes(0.4).named("it").loseAnswer(),
      );
      const points = Array<Point>(20).fill(send());
      const first = countRules(rules);
      const life = strikes(first, points.slice(0, killedAfter));
      const next = strikes(countRules(rules, first.progress()), points.slice(killedAfter));
      expect([...life, ...next]).toEqual(strikes(countRules(rules), points));
    }),
  );
});

test("the seed decides which matches are struck, and a rule more does not change that", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rule = during("serviceBus", "send").sometimes(0.3).times("always").named("it").loseAnswer();
      const other = during("cosmos").sometimes(0.5).times("always").loseRequest();
      const points = Array<Point>(50).fill(send());
      const struck = strikes(countRules(plan(seed, rule)), points);
      expect(strikes(countRules(plan(seed, rule)), points)).toEqual(struck);
      expect(strikes(countRules(plan(seed, other, rule)), points)).toEqual(struck);
    }),
  );
});

test("a probability of 0.3 strikes about every third match", () => {
  const rules = countRules(
    plan(7, during("serviceBus").sometimes(0.3).times("always").named("it").loseAnswer()),
  );
  const struck = strikes(rules, Array<Point>(2_000).fill(send())).filter((name) => name === "it").length;
  expect(struck).toBeGreaterThan(500);
  expect(struck).toBeLessThan(700);
});
