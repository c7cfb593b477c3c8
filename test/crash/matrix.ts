import { describe, expect, it } from "vitest";
import { classesOf, describeFinding, explore, variantsOf } from "./explore.ts";
import type { Mode } from "./variant.ts";

/** Same seed, same schedules: CRASH_SEED plays others, and CRASH_PAIRS=all every pair of faults. */
const seed = Number(process.env.CRASH_SEED ?? 7);
const pairs = process.env.CRASH_PAIRS === "all" ? "all" : Number(process.env.CRASH_PAIRS ?? 50);
const triples = Number(process.env.CRASH_TRIPLES ?? 25);

/** Every I/O step of a message's way, struck by every kind of fault. */
export function crashMatrix(mode: Mode): void {
  describe(`crash points on a store with a ${mode}, seed ${seed}`, () => {
    it.each(classesOf(mode))("$path, entry by $entry", { timeout: 6 * 3_600_000 }, async (its) => {
      const distinct = new Set<string>();
      const findings: string[] = [];
      for (const variant of variantsOf(its)) {
        const explored = await explore(variant, { pairs, triples, seed });
        for (const trace of explored.distinct) distinct.add(trace);
        findings.push(...explored.findings.map(describeFinding));
      }
      const name = `${mode}, ${its.path}, by ${its.entry}`;
      process.stdout.write(`${name.padEnd(36)} ${distinct.size} distinct schedules\n`);
      expect(findings.join("\n\n")).toBe("");
      expect(distinct.size).toBeGreaterThan(500);
    });
  });
}
