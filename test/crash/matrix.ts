import { describe, expect, it } from "vitest";
import { describeViolation, explore, variantsOf } from "./explore.ts";
import type { Variant } from "./world.ts";

/** Same seed, same schedules: CRASH_SEED plays others, and CRASH_PAIRS=all every pair of faults. */
const seed = Number(process.env.CRASH_SEED ?? 7);
const pairs = process.env.CRASH_PAIRS === "all" ? "all" : Number(process.env.CRASH_PAIRS ?? 100);
const triples = Number(process.env.CRASH_TRIPLES ?? 50);

/** Every I/O step of a message's way, struck by every kind of fault. */
export function crashMatrix(mode: Variant["mode"]): void {
  describe(`crash points on a store with a ${mode}, seed ${seed}`, () => {
    it.each(variantsOf(mode))(
      "$path, entry by $entry, instances: $instances",
      { timeout: 3_600_000 },
      async (variant) => {
        const { distinct, violations } = await explore(variant, { pairs, triples, seed });
        process.stdout.write(
          `${Object.values(variant).join(" ").padEnd(28)} ${distinct} distinct schedules\n`,
        );
        expect(violations.map(describeViolation).join("\n\n")).toBe("");
        expect(distinct).toBeGreaterThan(200);
      },
    );
  });
}
