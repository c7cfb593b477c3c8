import type { Fault, Plan, RuleInput, Where } from "./plan.ts";
import { parsePlan } from "./plan.ts";
import type { ErrorOf, FaultedServer, OperationOf } from "./vocabulary.ts";

type When = "before" | "after";

/** A rule in the making: the first methods narrow where it strikes, the last one says what happens. */
export interface Build<Server extends FaultedServer> {
  of(entity: string): Build<Server>;
  carrying(messageType: string): Build<Server>;
  about(aggregate: string): Build<Server>;
  with(properties: Readonly<Record<string, string | number | boolean>>): Build<Server>;
  /** From the n-th match on, counted from 1. */
  from(n: number): Build<Server>;
  times(n: number | "always"): Build<Server>;
  /** Each match with this probability, drawn from the plan's seed. */
  sometimes(probability: number): Build<Server>;
  named(name: string): Build<Server>;

  refuse(error: ErrorOf<Server>): RuleInput;
  loseRequest(): RuleInput;
  loseAnswer(): RuleInput;
  delay(milliseconds: number): RuleInput;
  holdUntil(until: Build<FaultedServer>, atMost?: number): RuleInput;
  /** Holds, then answers an error: slow, and in vain. */
  holdThenRefuse(until: Build<FaultedServer>, error: ErrorOf<Server>, atMost?: number): RuleInput;
  letTheNextPass(atMost?: number): RuleInput;
  applyTwice(): RuleInput;
  loseLock(): RuleInput;
  cutAllConnections(): RuleInput;
  killServer(when: When, restartAfter?: number): RuleInput;
  killWorker(when: When): RuleInput;
  freezeWorker(milliseconds: number): RuleInput;
  moveClock(ahead: number): RuleInput;

  /** The place alone: what another rule holds for. */
  readonly place: Where;
}

/**
 * Begins a rule that reads like a sentence:
 * `during("serviceBus", "send").of("orders").carrying("AddItem").times(2).loseAnswer()`.
 */
export function during<Server extends FaultedServer>(
  server: Server,
  ...operation: OperationOf<Server>[]
): Build<Server> {
  return build({ server, ...(operation.length === 0 ? {} : { operation }) }, {});
}

type Manner = Pick<RuleInput, "from" | "times" | "probability"> & { readonly name?: string };

function build<Server extends FaultedServer>(place: Where, manner: Manner): Build<Server> {
  const at = (more: Partial<Where>) => build<Server>({ ...place, ...more }, manner);
  const so = (more: Manner) => build<Server>(place, { ...manner, ...more });
  const rule = (fault: RuleInput["fault"]): RuleInput => ({
    ...manner,
    name: manner.name ?? describe(place, fault.kind),
    at: { ...place, ...(typeof place.operation === "object" ? { operation: [...place.operation] } : {}) },
    fault,
  });
  const bounded = (atMost: number | undefined) => (atMost === undefined ? {} : { atMost });
  return {
    place,
    of: (entity) => at({ entity }),
    carrying: (messageType) => at({ messageType }),
    about: (aggregate) => at({ aggregate }),
    with: (properties) => at({ properties }),
    from: (n) => so({ from: n }),
    times: (times) => so({ times }),
    sometimes: (probability) => so({ probability }),
    named: (name) => so({ name }),
    refuse: (error) => rule({ kind: "refuse", error }),
    loseRequest: () => rule({ kind: "loseRequest" }),
    loseAnswer: () => rule({ kind: "loseAnswer" }),
    delay: (milliseconds) => rule({ kind: "delay", milliseconds }),
    holdUntil: (until, atMost) => rule({ kind: "hold", until: until.place, ...bounded(atMost) }),
    holdThenRefuse: (until, error, atMost) =>
      rule({ kind: "hold", until: until.place, refuse: error, ...bounded(atMost) }),
    letTheNextPass: (atMost) => rule({ kind: "reorder", ...bounded(atMost) }),
    applyTwice: () => rule({ kind: "twice" }),
    loseLock: () => rule({ kind: "loseLock" }),
    cutAllConnections: () => rule({ kind: "cut" }),
    killServer: (when, restartAfter) =>
      rule({ kind: "killServer", when, ...(restartAfter === undefined ? {} : { restartAfter }) }),
    killWorker: (when) => rule({ kind: "killWorker", when }),
    freezeWorker: (milliseconds) => rule({ kind: "freezeWorker", milliseconds }),
    moveClock: (ahead) => rule({ kind: "clock", ahead }),
  };
}

function describe(place: Where, kind: Fault["kind"]): string {
  const { server, operation, entity, messageType, aggregate } = place;
  const what = [server, ...[operation ?? "any"].flat(), entity, messageType, aggregate];
  return [...what.filter((part) => part !== undefined), kind].join(" ");
}

/**
 * A plan of rules. Rules of the same description get a number behind their name.
 * @throws PlanError
 */
export function plan(seed: number, ...rules: readonly RuleInput[]): Plan {
  const seen = new Map<string, number>();
  return parsePlan({
    seed,
    rules: rules.map((rule) => {
      const count = (seen.get(rule.name) ?? 0) + 1;
      seen.set(rule.name, count);
      return count === 1 ? rule : { ...rule, name: `${rule.name} (${count})` };
    }),
  });
}
