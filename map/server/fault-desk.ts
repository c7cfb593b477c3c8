import {
  errors,
  type FaultControl,
  faultKinds,
  noFaults,
  operations,
  parsePlan,
  type Rule,
} from "../../emulators/faults/index.ts";
import type { FaultState, Strike, Vocabulary } from "../protocol.ts";
import { nodeOfPoint } from "./places.ts";

export const vocabulary: Vocabulary = { operations, errors, kinds: faultKinds };

/** Strikes that the page is told of. */
const SHOWN = 20;

/** Sets and lifts single rules of the stack's fault plan. */
export interface FaultDesk {
  state(): FaultState;
  /** Adds rules to those that are still to strike. @throws PlanError */
  add(rules: readonly unknown[]): Promise<void>;
  remove(name: string): Promise<void>;
  lift(): Promise<void>;
}

export function createFaultDesk(control: FaultControl): FaultDesk {
  const set = async (rules: readonly unknown[]): Promise<void> =>
    control.setPlan(parsePlan({ seed: control.plan.seed, rules }));

  /** What is still to strike. A new plan counts anew, so each rule goes on with what is left of it. */
  const left = (): Rule[] =>
    control.plan.rules.flatMap((rule) => {
      const fired = control.fired(rule.name);
      if (fired === 0) return [rule];
      if (rule.times === "always") return [{ ...rule, from: 1 }];
      return fired >= rule.times ? [] : [{ ...rule, from: 1, times: rule.times - fired }];
    });

  return {
    state: () => ({
      rules: control.plan.rules.map((rule) => ({
        ...rule,
        fired: control.fired(rule.name),
        node: nodeOfPoint(rule.at),
      })),
      strikes: control.log.slice(-SHOWN).reverse().map(strikeOf),
    }),
    async add(rules) {
      const given = parsePlan({ rules }).rules;
      const kept = left();
      const taken = new Set(kept.map(({ name }) => name));
      await set([...kept, ...given.map((rule) => ({ ...rule, name: freeName(rule.name, taken) }))]);
    },
    remove: (name) => set(left().filter((rule) => rule.name !== name)),
    lift: () => control.setPlan(noFaults),
  };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
  taken.add(free);
  return free;
}

const strikeOf = ({ number, at, rule, kind, point }: FaultControl["log"][number]): Strike => ({
  number,
  at,
  rule,
  kind,
  node: nodeOfPoint(point),
  where: [point.operation, point.entity, point.messageType].filter((part) => part !== undefined).join(" "),
});
