import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseLeases, type Lease } from "./lease.ts";

const EXPIRATION = 60_000;
const NOW = 1_000_000_000_000;
const lease = (id: number, Owner: string | null, age = 0): Lease => ({
  id: String(id),
  LeaseToken: String(id),
  FeedRange: { min: "", max: "FF" },
  Owner,
  ContinuationToken: null,
  timestamp: new Date(NOW - age).toISOString(),
});
const choose = (leases: Lease[], me = "me") => chooseLeases(leases, me, NOW, EXPIRATION).map(({ id }) => id);

describe("an instance takes", () => {
  it("all free leases when it is alone", () =>
    expect(choose([lease(1, null), lease(2, null)])).toEqual(["1", "2"]));
  it("one that has lapsed", () => expect(choose([lease(1, "gone", EXPIRATION + 1)])).toEqual(["1"]));
  it("no more than its share", () =>
    expect(choose([lease(1, "other"), lease(2, null), lease(3, null), lease(4, null)])).toEqual(["2", "3"]));
  it("one from the instance that has most", () =>
    expect(choose([lease(1, "a"), lease(2, "a"), lease(3, "a"), lease(4, "b")])).toEqual(["1"]));
  it("not the only one of another", () => expect(choose([lease(1, "other")])).toEqual([]));
});

it("instances that choose in any order come to rest with even shares", () => {
  const order = fc.array(fc.nat(3), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 4 }),
      order,
      (count, instances, turns) => {
        let leases = Array.from({ length: count }, (_, id) => lease(id, null));
        const turn = (instance: number): void => {
          const owner = `instance-${instance % instances}`;
          const taken = new Set(choose(leases, owner));
          leases = leases.map((own) => (taken.has(own.id) ? { ...own, Owner: owner } : own));
        };
        turns.forEach(turn);
        for (let round = 0; round < 4 * count; round++) turn(round);
        const counts = Array.from(
          { length: instances },
          (_, n) => leases.filter(({ Owner }) => Owner === `instance-${n}`).length,
        );
        expect(leases.every(({ Owner }) => Owner !== null)).toBe(true);
        expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(count / instances));
      },
    ),
  );
});
