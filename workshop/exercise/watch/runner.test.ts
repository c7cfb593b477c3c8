import { describe, expect, it } from "vitest";
import { createRunner } from "./runner.ts";

/** Runs that end when the test says so. */
function manualRuns() {
  const runs: { readonly signal: AbortSignal; end(): void }[] = [];
  let idle = 0;
  const runner = createRunner(
    (signal) => new Promise((resolve) => runs.push({ signal, end: resolve })),
    () => idle++,
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { runs, runner, settled, idleCount: () => idle };
}

describe("runs", () => {
  it("starts one after the one that runs, which it ends early, however many were asked for", async () => {
    const { runs, runner, settled, idleCount } = manualRuns();
    runner.request();
    expect(runner.isRunning).toBe(true);
    runner.request();
    runner.request();
    await settled();
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true]);
    runs[0]?.end();
    await settled();
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    runs[1]?.end();
    await settled();
    expect({ runs: runs.length, isRunning: runner.isRunning, idle: idleCount() }).toEqual({
      runs: 2,
      isRunning: false,
      idle: 1,
    });
  });

  it("can be halted, and goes on when asked again; not after it was stopped", async () => {
    const { runs, runner, settled } = manualRuns();
    runner.request();
    runner.request();
    const halted = runner.halt();
    runs[0]?.end();
    await halted;
    expect(runs).toHaveLength(1);
    runner.request();
    expect(runs).toHaveLength(2);
    const stopped = runner.stop();
    runs[1]?.end();
    await stopped;
    runner.request();
    await settled();
    expect(runs).toHaveLength(2);
  });
});
