import { matches, type Point } from "./match.ts";
import type { Plan, Rule } from "./plan.ts";
import { random } from "./random.ts";

/** The rules of a plan with their counts. */
export interface Rules {
  /** The rule that strikes this operation, if one does. Each call counts as a match. */
  strikes(point: Point): Rule | undefined;
}

/**
 * @param fired how often each rule, by name, has struck before: a server that was killed goes on with its plan
 * Each rule draws from a seed of its own, so that a rule more or less does not change what the others do.
 */
export function countRules({ seed, rules }: Plan, fired: Readonly<Record<string, number>> = {}): Rules {
  const counted = rules.map((rule) => ({
    rule,
    matched: 0,
    fired: fired[rule.name] ?? 0,
    draw: random(`${seed} ${rule.name}`),
  }));
  return {
    strikes(point) {
      let striking: Rule | undefined;
      for (const entry of counted) {
        const { rule } = entry;
        if (!matches(rule.at, point)) continue;
        entry.matched += 1;
        const isLeft = rule.times === "always" || entry.fired < rule.times;
        const isMeant =
          entry.matched >= rule.from && (rule.probability === 1 || entry.draw() < rule.probability);
        if (striking !== undefined || !isLeft || !isMeant) continue;
        entry.fired += 1;
        striking = rule;
      }
      return striking;
    },
  };
}
