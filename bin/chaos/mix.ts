import {
  type Build,
  during,
  type FaultedServer,
  type Plan,
  plan,
  type RuleInput,
} from "../../emulators/faults/index.ts";
import { type Random, seeded } from "../demo/random.ts";

/** One sort of fault at one place. */
interface Ingredient {
  readonly server: FaultedServer;
  /** How often in a run of 1000 orders; at least once in a shorter one. */
  readonly often: number;
  /** How often the place is passed for each order, a low estimate: so far apart the strikes lie. */
  readonly passes: number;
  /** The rule that strikes the n-th match, counted from 1. */
  readonly strike: (n: number) => RuleInput;
}

const hour = 3_600_000;

/** A longer run has no more strikes than this many orders have, only farther apart: a plan takes 1000 rules. */
const ordersAtMost = 2_000;

const ingredient = <Server extends FaultedServer>(
  at: Build<Server>,
  passes: number,
  ...sorts: readonly (readonly [often: number, rule: (at: Build<Server>) => RuleInput])[]
): Ingredient[] =>
  sorts.map(([often, rule]) => ({
    server: at.place.server,
    often,
    passes,
    strike: (n) => rule(at.from(n)),
  }));

/** Everything that can go wrong at each place; the lock is 5 s. */
const ingredients: readonly Ingredient[] = [
  ...ingredient(
    during("serviceBus", "send"),
    4,
    [15, (at) => at.refuse("ServerBusy")],
    [5, (at) => at.refuse("EntityDisabled")],
    [5, (at) => at.refuse("MessageSizeExceeded")],
    [10, (at) => at.loseRequest()],
    [15, (at) => at.loseAnswer()],
    [15, (at) => at.applyTwice()],
    [10, (at) => at.delay(1_500)],
    [8, (at) => at.letTheNextPass(3_000)],
    [5, (at) => at.cutAllConnections()],
    [2, (at) => at.killServer("before", 500)],
    [2, (at) => at.killServer("after", 500)],
    [3, (at) => at.killWorker("before")],
    [3, (at) => at.killWorker("after")],
    [4, (at) => at.moveClock(hour)],
  ),
  ...ingredient(
    during("serviceBus", "deliver"),
    4,
    [5, (at) => at.loseRequest()],
    [15, (at) => at.loseLock()],
    [5, (at) => at.delay(6_000)],
  ),
  ...ingredient(
    during("serviceBus", "complete"),
    4,
    [10, (at) => at.refuse("MessageLockLost")],
    [10, (at) => at.loseAnswer()],
    [5, (at) => at.loseRequest()],
    [5, (at) => at.killWorker("before")],
  ),
  ...ingredient(
    during("cosmos", "batch"),
    3,
    [15, (at) => at.refuse(429)],
    [8, (at) => at.refuse(503)],
    [8, (at) => at.refuse(408)],
    [8, (at) => at.refuse(409)],
    [8, (at) => at.refuse(412)],
    [8, (at) => at.refuse(413)],
    [10, (at) => at.loseRequest()],
    [20, (at) => at.loseAnswer()],
    [8, (at) => at.applyTwice()],
    [8, (at) => at.delay(6_000)],
    [10, (at) => at.holdUntil(during("serviceBus", "complete").of("orders"), 5_000)],
    [6, (at) => at.letTheNextPass(3_000)],
    [4, (at) => at.cutAllConnections()],
    [3, (at) => at.killServer("before", 500)],
    [3, (at) => at.killServer("after", 500)],
    [3, (at) => at.killWorker("before")],
    [3, (at) => at.killWorker("after")],
    [4, (at) => at.moveClock(hour)],
  ),
  ...ingredient(
    during("cosmos", "read"),
    6,
    [10, (at) => at.refuse(503)],
    [5, (at) => at.loseAnswer()],
    [3, (at) => at.delay(3_000)],
  ),
  ...ingredient(
    during("cosmos", "create"),
    2,
    [8, (at) => at.loseAnswer()],
    [5, (at) => at.applyTwice()],
    [5, (at) => at.loseRequest()],
  ),
  ...ingredient(
    during("cosmos", "delete"),
    1,
    [10, (at) => at.loseRequest()],
    [8, (at) => at.loseAnswer()],
    [5, (at) => at.refuse(449)],
  ),
  ...ingredient(
    during("sql", "commit"),
    1,
    [10, (at) => at.refuse(1205)],
    [5, (at) => at.refuse(40501)],
    [5, (at) => at.refuse(1222)],
    [8, (at) => at.loseRequest()],
    [15, (at) => at.loseAnswer()],
    [5, (at) => at.delay(6_000)],
    [5, (at) => at.holdUntil(during("serviceBus", "complete").of("billing"), 5_000)],
    [3, (at) => at.cutAllConnections()],
    [2, (at) => at.killServer("before", 500)],
    [2, (at) => at.killServer("after", 500)],
    [2, (at) => at.killWorker("before")],
    [2, (at) => at.killWorker("after")],
    [4, (at) => at.moveClock(hour)],
  ),
  ...ingredient(
    during("sql", "statement"),
    1,
    [5, (at) => at.refuse(40613)],
    [5, (at) => at.loseRequest()],
    [5, (at) => at.loseAnswer()],
    [5, (at) => at.delay(3_000)],
  ),
  ...ingredient(during("sql", "login"), 0, [1, (at) => at.refuse(40613)]),
  ...ingredient(
    during("host", "invoke"),
    8,
    [8, (at) => at.refuse("FunctionFailed")],
    [8, (at) => at.loseAnswer()],
    [5, (at) => at.applyTwice()],
    [2, (at) => at.killServer("after", 500)],
    [3, (at) => at.killWorker("before")],
    [3, (at) => at.killWorker("after")],
    // Three times the lock.
    [10, (at) => at.freezeWorker(15_000)],
  ),
];

/**
 * All sorts of faults, at every server, mixed by a seed: each strikes at a place of its own, within what a run of so
 * many orders passes for sure.
 * @param servers those that take part
 */
export function mixOf(seed: number, orders: number, servers: readonly FaultedServer[]): Plan {
  const random = seeded(seed);
  const rules = ingredients
    .filter(({ server }) => servers.includes(server))
    .flatMap((each) => strikes(each, orders, random));
  return plan(seed, ...rules);
}

function strikes({ often, passes, strike }: Ingredient, orders: number, random: Random): RuleInput[] {
  const count = Math.max(1, Math.round((often * Math.min(orders, ordersAtMost)) / 1000));
  return Array.from({ length: count }, () => strike(random.whole(1, Math.max(1, passes * orders))));
}

/** Each sort of fault alone, at the n-th time that its place is passed. */
export const singlesOf = (servers: readonly FaultedServer[], n: number): RuleInput[] =>
  ingredients.filter(({ server }) => servers.includes(server)).map(({ strike }) => strike(n));
