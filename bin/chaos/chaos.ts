import { setTimeout as sleep } from "node:timers/promises";
import { countKinds, noFaults, type Plan } from "../../emulators/faults/index.ts";
import { type Progress, runDemo } from "../demo/demo.ts";
import type { Rest } from "../demo/rest.ts";
import type { LocalStack } from "../local-stack.ts";
import { inconsistencies } from "./consistency.ts";
import { operator } from "./operator.ts";
import { plantPoison } from "./poison.ts";
import { type ChaosReport, neverFiredOf } from "./report.ts";

export interface ChaosOptions {
  readonly stack: LocalStack;
  readonly topologyFile: string;
  readonly plan: Plan;
  readonly orders: number;
  readonly seed: number;
  /** Begins every order's and customer's id; by default it names the seed. */
  readonly prefix?: string;
  /** Logical ids of poison that is to be planted. */
  readonly newPoison: ReadonlySet<string>;
  /** Of poison that was planted before, and waits in quarantine. */
  readonly oldPoison?: ReadonlySet<string>;
  /** How many copies the app has suppressed so far. */
  readonly suppressed: () => number;
  readonly onProgress?: (progress: Progress) => void;
  /** Something that failed, as things do here, and is tried again. */
  readonly onTrouble?: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks of the operator at what has stopped. */
const rounds = 5_000;
/** A plan may name faults that go on striking until they are lifted: replays wait no longer for those. */
const replaysAtMost = 50;

/**
 * Makes the demo's load while the plan's faults strike and an operator replays what is dead-lettered; then lifts all
 * faults, lets the operator replay everything that stopped, waits for rest, and looks from outside.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { stack, plan, orders, newPoison, oldPoison = new Set(), onTrouble = () => {}, signal } = options;
  const { faults } = stack;
  const person = operator(stack.url, stack.operationsToken);
  const duty = new AbortController();
  let replayed = 0;

  const poison = new Set([...newPoison, ...oldPoison]);
  const healthy = async () => (await person.stopped()).filter(({ logicalId }) => !poison.has(logicalId));

  const settle = async (rest: () => Promise<Rest>): Promise<Rest> => {
    await faults.setPlan(noFaults);
    duty.abort();
    replayed += await onDuty;
    // Poison comes back: once is enough to see that.
    replayed += await person.replay(await person.stopped());
    for (let attempt = 0; ; attempt++) {
      const reached = await rest();
      const left = await healthy();
      if (left.length === 0 || attempt === replaysAtMost) return reached;
      replayed += await person.replay(left);
    }
  };

  const onDuty = attend(async () => person.replay(await healthy()), duty.signal, onTrouble);
  try {
    const demo = await runDemo({
      addresses: { url: stack.url, ...stack.connections },
      topologyFile: options.topologyFile,
      orders,
      seed: options.seed,
      prefix: options.prefix ?? `chaos-${options.seed}`,
      awaitOutcomes: true,
      // Nothing random in ids: a plan that names a message finds it again in the next run.
      keyOf: (orderId, n) => `${orderId}-${n}`,
      // Most customers wait.
      concurrency: 64,
      begin: async () => {
        await plantPoison(stack.connections.serviceBus, newPoison, Date.now);
        await faults.setPlan(plan);
      },
      settle,
      signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const stopped = new Set((await person.stopped()).map(({ logicalId }) => logicalId));
    const contradictions = inconsistencies(demo.found);
    const { lost, duplicated, ghosts, deadLettered, seconds } = demo.result;
    return {
      result: {
        orders,
        faults: countKinds(faults.log),
        lost,
        duplicated,
        ghosts,
        inconsistent: contradictions.length,
        deadLettered,
        quarantined: stopped.size,
        replayed,
        seconds,
      },
      neverFired: neverFiredOf(plan, faults.log),
      suppressed: options.suppressed(),
      poison: {
        planted: poison.size,
        missing: [...poison].filter((id) => !stopped.has(id)),
        unexpected: [...stopped].filter((id) => !poison.has(id)),
      },
      findings: [...demo.findings.map(({ kind, what }) => `${kind}: ${what}`), ...contradictions],
      atRest: demo.atRest,
    };
  } finally {
    duty.abort();
    await onDuty;
  }
}

/**
 * Looks after what has stopped every few seconds: customers wait for it.
 * @param look @returns how many messages were replayed
 */
async function attend(
  look: () => Promise<number>,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void,
): Promise<number> {
  let replayed = 0;
  while (!signal.aborted) {
    await sleep(rounds, undefined, { signal }).catch(() => {});
    try {
      if (!signal.aborted) replayed += await look();
    } catch (error) {
      // The faults strike the operator's own calls, too.
      onTrouble(error);
    }
  }
  return replayed;
}
