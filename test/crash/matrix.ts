import { describe, expect, it } from "vitest";
import { classesOf, describeFinding, explore, variantsOf } from "./explore.ts";
import { type Share, together } from "./pairs.ts";
import type { Mode } from "./variant.ts";

/**
 * Same seed, same schedules: CRASH_SEED plays others. CRASH_PAIRS=all plays every pair of faults, CRASH_PAIRS=1/71 one in
 * 71, and with CRASH_NIGHT one higher each time the others, until in 71 nights all were played.
 */
const { CRASH_SEED = "7", CRASH_PAIRS = "50", CRASH_TRIPLES = "25", CRASH_NIGHT = "0" } = process.env;
const seed = Number(CRASH_SEED);
const [, nights] = /^1\/(\d+)$/.exec(CRASH_PAIRS) ?? [];
const night = nights === undefined ? undefined : { number: Number(CRASH_NIGHT), nights: Number(nights) };
const pairs = CRASH_PAIRS === "all" ? "all" : Number(night === undefined ? CRASH_PAIRS : 0);
const triples = Number(CRASH_TRIPLES);

function told(shares: readonly Share[]): string {
  if (night === undefined) return "";
  const { played, all } = together(shares);
  const percent = ((100 * played) / all).toFixed(1);
  return `; night ${night.number}, seed ${seed}: ${played} of ${all} pairs (${percent} %), all in ${night.nights} nights`;
}

/** Every I/O step of a message's way, struck by every kind of fault. */
export function crashMatrix(mode: Mode): void {
  describe(`crash points on a store with a ${mode}, seed ${seed}`, () => {
    it.each(classesOf(mode))("$path, entry by $entry", { timeout: 6 * 3_600_000 }, async (its) => {
      const distinct = new Set<string>();
      const findings: string[] = [];
      const shares: Share[] = [];
      for (const variant of variantsOf(its)) {
        const explored = await explore(variant, { pairs, night, triples, seed });
        for (const trace of explored.distinct) distinct.add(trace);
        findings.push(...explored.findings.map(describeFinding));
        if (explored.share !== undefined) shares.push(explored.share);
      }
      const name = `${mode}, ${its.path}, by ${its.entry}`;
      process.stdout.write(`${name.padEnd(36)} ${distinct.size} distinct schedules${told(shares)}\n`);
      expect(findings.join("\n\n")).toBe("");
      expect(distinct.size).toBeGreaterThan(500);
    });
  });
}
