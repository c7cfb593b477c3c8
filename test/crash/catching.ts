import { type Bounds, classesOf, explore, type Finding, variantsOf } from "./explore.ts";
import type { BrokenRule } from "./sabotages/common.ts";
import type { Mode, Variant } from "./variant.ts";

export interface Search {
  readonly mode: Mode;
  /** Different schedules that were played until the breach showed, or in vain. */
  readonly schedules: number;
  /** The schedule with the fewest faults that shows it; undefined: the broken rule survives. */
  readonly finding: Finding | undefined;
}

/** Without faults, then with one, then with two: what is found first has the fewest. */
const depths: readonly Pick<Bounds, "singles" | "pairs">[] = [
  { singles: false, pairs: 0 },
  { pairs: 0 },
  { pairs: "all" },
];

/** Searches the crash matrix for a schedule in which a broken rule does harm, in each mode that needs the rule. */
export async function searchFor(rule: BrokenRule, seed: number): Promise<Search[]> {
  const searches: Search[] = [];
  for (const mode of rule.modes) searches.push(await searchIn(mode, rule, seed));
  return searches;
}

async function searchIn(
  mode: Mode,
  { where = {}, kinds, sabotage }: BrokenRule,
  seed: number,
): Promise<Search> {
  const fits = (variant: Variant): boolean =>
    Object.entries(where).every(([name, value]) => variant[name as keyof Variant] === value);
  const variants = classesOf(mode).flatMap(variantsOf).filter(fits);
  const distinct = new Set<string>();
  for (const depth of depths) {
    for (const variant of variants) {
      const bounds = { ...depth, triples: 0, seed, enough: 1, ...(kinds === undefined ? {} : { kinds }) };
      const { distinct: played, findings } = await explore(variant, bounds, sabotage);
      for (const trace of played) distinct.add(`${Object.values(variant).join()} ${trace}`);
      if (findings[0] !== undefined) return { mode, schedules: distinct.size, finding: findings[0] };
    }
    // Pairs of everything would take hours: only where the rule says where to look.
    if (depth.pairs !== "all" && kinds === undefined && depth.singles === undefined) break;
  }
  return { mode, schedules: distinct.size, finding: undefined };
}
