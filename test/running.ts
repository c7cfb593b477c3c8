import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { type DemoOptions, runDemo } from "../bin/demo/demo.ts";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../bin/local-stack.ts";
import { root } from "../bin/root.ts";
import { checkPorts, loopback } from "../emulators/stack/ports.ts";
import { anyPorts, portsFrom } from "../emulators/stack.ts";

/** A folder that is removed when the test is over. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

/** A stack that is stopped when the test is over. */
export async function runningStack(options: Partial<LocalStackOptions> = {}): Promise<LocalStack> {
  const dataFolder = options.dataFolder ?? (await scratchFolder());
  const stack = await startLocalStack({ ports: anyPorts, instances: 1, ...options, dataFolder });
  onTestFinished(() => stack.stop());
  return stack;
}

/**
 * Runs a demo against a stack.
 * @param meanwhile called after each order with the number of those done
 */
export const demoOn = (
  stack: LocalStack,
  orders: number,
  meanwhile: (done: number) => void = () => {},
  more: Partial<DemoOptions> = {},
) =>
  runDemo({
    addresses: { url: stack.url, ...stack.connections },
    topologyFile: join(root, "infra/topology/service-bus.json"),
    orders,
    seed: 7,
    prefix: "demo",
    onProgress: (progress) => {
      if (progress.phase === "asking") meanwhile(progress.done);
    },
    ...more,
  });

/** A demo's result without what differs from run to run. */
export const clean = (orders: number) => ({
  result: expect.objectContaining({
    orders,
    lost: 0,
    duplicated: 0,
    ghosts: 0,
    deadLettered: 0,
    quarantined: 0,
  }),
  findings: [],
  found: expect.anything(),
  atRest: true,
  plan: expect.anything(),
});

/** Eight free ports in a row. */
export async function freeBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 20_000);
    try {
      await checkPorts(portsFrom(base), loopback);
      return base;
    } catch {
      // Taken: try another.
    }
  }
}

/** Asks again and again until it is so. @throws after `within` milliseconds */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  within = 30_000,
): Promise<void> {
  const giveUpAt = performance.now() + within;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${within / 1000} s: ${what}`);
    await sleep(50);
  }
}
