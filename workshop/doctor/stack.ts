import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan } from "../../emulators/faults/index.ts";
import { anyPorts, type Stack, startStack } from "../../emulators/stack.ts";

const app = join(import.meta.dirname, "app");

/**
 * Runs the doctor's own little app on a stack of its own: any free ports, data in a folder that is removed.
 * @param faults strike from the start on
 * @param signal ends all its processes at once
 * @throws StartError; the signal's reason; an error that names the server that ended by itself
 */
export async function withStack<T>(
  faults: Plan,
  signal: AbortSignal,
  work: (stack: Stack) => Promise<T>,
): Promise<T> {
  const dataFolder = await mkdtemp(join(tmpdir(), "pierogi-doctor-"));
  try {
    const stack = await startStack({
      ports: anyPorts,
      dataFolder,
      appFolder: app,
      topology: { serviceBus: join(app, "service-bus.json"), cosmos: join(app, "cosmos.json") },
      settings: { FUNCTIONS_WORKER_RUNTIME: "node" },
      faults,
      faultsToken: "unused",
    });
    try {
      signal.throwIfAborted();
      return await Promise.race([work(stack), endOf(stack, signal)]);
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** @throws when the stack ends before its work is done */
async function endOf(stack: Stack, signal: AbortSignal): Promise<never> {
  const kill = () => void stack.kill();
  signal.addEventListener("abort", kill, { once: true });
  const death = await stack.ended;
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  throw new Error(death === undefined ? "stopped" : `${death.server} ended by itself (${death.reason})`);
}
