import { matches, type Point } from "./match.ts";
import type { Plan, Rule } from "./plan.ts";
import { random } from "./random.ts";

/** How far a rule has come. */
export interface Progress {
  readonly matched: number;
  readonly fired: number;
}

/** The rules of a plan with their counts. */
export interface Rules {
  /**
   * The rule that strikes this operation, if one does, and the point that it matched. Each call counts as a match.
   * @param points what the operation is about: several for one with several messages, of which one must match
   */
  strikes(...points: readonly Point[]): { readonly rule: Rule; readonly point: Point } | undefined;
  /** How far each rule has come, by its name. */
  progress(): Record<string, Progress>;
}

/**
 * @param before how far each rule had come: a server that was killed goes on with its plan
 * Each rule draws from a seed of its own, so that a rule more or less does not change what the others do.
 */
export function countRules({ seed, rules }: Plan, before: Readonly<Record<string, Progress>> = {}): Rules {
  const counted = rules.map((rule) => {
    const { matched = 0, fired = 0 } = before[rule.name] ?? {};
    const draw = random(`${seed} ${rule.name}`);
    for (let drawn = rule.from; drawn <= matched; drawn++) draw();
    return { rule, matched, fired, draw };
  });
  return {
    strikes(...points) {
      let striking: { rule: Rule; point: Point } | undefined;
      for (const entry of counted) {
        const { rule } = entry;
        const point = points.find((each) => matches(rule.at, each));
        if (point === undefined) continue;
        entry.matched += 1;
        if (entry.matched < rule.from) continue;
        // Drawn for each match, whatever becomes of it: what other rules do must not change the numbers.
        const isMeant = entry.draw() < rule.probability;
        const isLeft = rule.times === "always" || entry.fired < rule.times;
        if (striking !== undefined || !isLeft || !isMeant) continue;
        entry.fired += 1;
        striking = { rule, point };
      }
      return striking;
    },
    progress: () =>
      Object.fromEntries(counted.map(({ rule, matched, fired }) => [rule.name, { matched, fired }])),
  };
}
