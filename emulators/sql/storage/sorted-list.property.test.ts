import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeyLists, type Key } from "../types/compare.ts";
import { sortedList } from "./sorted-list.ts";

const key = fc.array(fc.oneof(fc.constant(null), fc.bigInt({ min: 0n, max: 9n })), {
  minLength: 2,
  maxLength: 2,
});
const step = fc.record({ add: fc.boolean(), key, id: fc.integer({ min: 1, max: 30 }) });

describe("sorted list", () => {
  it("holds what a plain list would, in order, over chunks", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 2000 }),
        key,
        key,
        fc.integer({ min: 0, max: 2 }),
        (steps, low, high, width) => {
          const list = sortedList<{ id: number }>();
          const plain = new Map<string, { key: Key[]; id: number }>();
          for (const { add, key: own, id } of steps) {
            const text = `${own.join()}#${id}`;
            if (add) {
              list.add(own, { id });
              plain.set(text, { key: own, id });
            } else {
              list.remove(own, { id });
              plain.delete(text);
            }
          }
          const [from, to] = [low.slice(0, width), high.slice(0, width)];
          const expected = [...plain.values()]
            .filter((entry) => compareKeyLists(entry.key, from) >= 0 && compareKeyLists(entry.key, to) <= 0)
            .sort((a, b) => compareKeyLists(a.key, b.key) || a.id - b.id);
          expect(
            Array.from(list.range(from, to), (entry) => ({ key: entry.key, id: entry.item.id })),
          ).toEqual(expected);
          expect(list.size()).toBe(plain.size);
        },
      ),
      { numRuns: 60 },
    );
  });
});
