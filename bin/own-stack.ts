import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyPorts } from "../emulators/stack.ts";
import { CommandError } from "./command.ts";
import { onInterrupt } from "./interrupt.ts";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "./local-stack.ts";

/**
 * Runs something on a stack of its own, on ports that are free and in a folder that is removed afterwards. Ctrl-C
 * stops it, a second one at once.
 * @param work gets a signal that is aborted when the stack ends
 * @param ending how the stack is ended when the work is done: a program that is broken on purpose may never stop by itself
 * @throws CommandError if the stack ends before the work is done
 */
export async function withOwnStack<T>(
  options: (folder: string) => Promise<Omit<LocalStackOptions, "ports" | "dataFolder">>,
  work: (stack: LocalStack, signal: AbortSignal) => Promise<T>,
  ending: "stop" | "kill" = "stop",
): Promise<T> {
  const dataFolder = await mkdtemp(join(tmpdir(), "pierogi-"));
  try {
    const stack = await startLocalStack({ ...(await options(dataFolder)), ports: anyPorts, dataFolder });
    return await untilDone(stack, work, ending);
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function untilDone<T>(
  stack: LocalStack,
  work: (stack: LocalStack, signal: AbortSignal) => Promise<T>,
  ending: "stop" | "kill",
): Promise<T> {
  const abandoned = new AbortController();
  const forget = onInterrupt(
    () => void stack.stop(),
    () => void stack.kill(),
  );
  try {
    const endedEarly = stack.ended.then((death) => {
      abandoned.abort();
      throw new CommandError(
        death === undefined
          ? "stopped"
          : `${death.server} ended by itself (${death.reason}): its last lines are above`,
      );
    });
    return await Promise.race([work(stack, abandoned.signal), endedEarly]);
  } finally {
    await stack[ending]();
    forget();
  }
}
