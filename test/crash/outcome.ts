import { ConfigError, readConfig } from "../../shared/config.ts";
import { searchFor } from "./catching.ts";
import type { BrokenRule } from "./sabotages/common.ts";
import { type BrokenSettings, brokenSettings, enough } from "./sabotages/settings.ts";
import { brokenRules } from "./sabotages.ts";
import { storyOf } from "./story.ts";

/** What became of one sabotage. */
export interface Outcome {
  readonly name: string;
  readonly rule: number;
  readonly what: string;
  /** Whether it was caught wherever it can do harm. */
  readonly isCaught: boolean;
  readonly catches: readonly Catch[];
}

export interface Catch {
  readonly by: "crash matrix" | "start";
  /** The store's mode, or the setting that was refused. */
  readonly where: string;
  /** The invariant that did not hold, or how the setting was refused; undefined: nobody noticed. */
  readonly noticed: string | undefined;
  /** Different schedules that were played. */
  readonly schedules: number;
  /** The one with the fewest faults that shows it, in a sentence. */
  readonly schedule: string;
}

export type AnySabotage = BrokenRule | BrokenSettings;

/** Everything that is broken, in the order of the rules. */
export const sabotages: readonly AnySabotage[] = [...brokenRules, ...brokenSettings].toSorted(
  (a, b) => a.rule - b.rule,
);

/** Breaks one thing, and looks who notices. The same seed gives the same outcome. */
export async function outcomeOf(sabotage: AnySabotage, seed: number): Promise<Outcome> {
  const catches = "settings" in sabotage ? [start(sabotage)] : await playing(sabotage, seed);
  const { name, rule, what } = sabotage;
  return { name, rule, what, isCaught: catches.every(({ noticed }) => noticed !== undefined), catches };
}

async function playing(rule: BrokenRule, seed: number): Promise<Catch[]> {
  return (await searchFor(rule, seed)).map(({ mode, schedules, finding }) => ({
    by: "crash matrix",
    where: mode,
    noticed: finding?.violations[0]?.invariant,
    schedules,
    schedule: finding === undefined ? "" : storyOf(finding),
  }));
}

function start({ settings, refused }: BrokenSettings): Catch {
  const told = { by: "start", where: refused, schedules: 0 } as const;
  try {
    readConfig({ ...enough, ...settings });
    return { ...told, noticed: undefined, schedule: "" };
  } catch (error) {
    // Another setting's refusal would be no sign that this one is looked at.
    const isRight = error instanceof ConfigError && error.message.includes(`setting ${refused}:`);
    const given = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return { ...told, noticed: isRight ? "refused" : undefined, schedule: `with ${given.join(", ")}` };
  }
}
