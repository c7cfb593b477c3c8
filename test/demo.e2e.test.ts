import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { LocalStack } from "../bin/local-stack.ts";
import { clean, demoOn, runningStack, scratchFolder } from "./running.ts";

const WorkerStarted = z.object({ type: z.literal("worker"), action: z.literal("started"), pid: z.int() });
const Received = z.object({
  type: z.literal("message"),
  action: z.literal("received"),
  deliveryCount: z.int(),
});

/** Seconds; the nightly run has a minute. */
const outage = Number(process.env["OUTAGE_SECONDS"] ?? 10);

describe("demo", () => {
  it("is clean with two instances", async () => {
    const stack = await runningStack({ instances: 2 });
    expect(await demoOn(stack, 100)).toEqual(clean(100));
  });

  it.each(["sql", "cosmos"] as const)("is clean with every endpoint on %s", async (stores) => {
    const stack = await runningStack({ stores });
    expect(await demoOn(stack, 60)).toEqual(clean(60));
  });

  it("is clean after kill -9 of a worker, then of everything", async () => {
    const dataFolder = await scratchFolder();
    let workers: number[] = [];
    const options = {
      dataFolder,
      instances: 2,
      onEvent: (_server: string, event: unknown) => {
        const started = WorkerStarted.safeParse(event);
        if (started.success) workers.push(started.data.pid);
      },
    };
    const stack = await runningStack(options);
    expect(workers).toHaveLength(2);

    let restarted: Promise<LocalStack> | undefined;
    const demo = demoOn(stack, 150, (done) => {
      if (done === 40) killNow(workers[0]);
      if (done === 80) restarted = restart();
    });
    async function restart(): Promise<LocalStack> {
      for (const pid of workers) killNow(pid);
      workers = [];
      await stack.kill();
      return runningStack({ ...options, ports: stack.ports });
    }

    expect(await demo).toEqual(clean(150));
    await restarted;
    expect(workers).toHaveLength(2);
  });

  it.each(["cosmos", "sql"] as const)(
    `survives ${outage} s without %s: nothing is dead-lettered or delivered more than twice`,
    async (store) => {
      let mostDeliveries = 0;
      const stack = await runningStack({
        onEvent: (_server, event) => {
          const received = Received.safeParse(event);
          if (received.success) mostDeliveries = Math.max(mostDeliveries, received.data.deliveryCount);
        },
      });
      const server = stack.servers[store];
      let over: Promise<unknown> | undefined;
      const demo = demoOn(stack, 100, (done) => {
        if (done !== 30) return;
        over = server
          .kill()
          .then(() => sleep(outage * 1000))
          .then(() => server.start());
      });
      expect(await demo).toEqual(clean(100));
      await over;
      expect(mostDeliveries).toBeGreaterThanOrEqual(1);
      expect(mostDeliveries).toBeLessThanOrEqual(2);
    },
  );
});

/** It may have ended meanwhile. */
function killNow(pid: number | undefined): void {
  if (pid === undefined) throw new Error("no worker was started");
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
