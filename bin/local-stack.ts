import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Stack, type StackOptions, startStack } from "../emulators/stack.ts";
import { buildFunctions } from "./build.ts";
import { CommandError } from "./command.ts";
import { root } from "./root.ts";
import { removeLock, runningStack, writeLock } from "./running-stack.ts";

export type LocalStackOptions = Pick<
  StackOptions,
  "ports" | "dataFolder" | "instances" | "func" | "onLog" | "onEvent"
> & {
  /** The app prints a line for each step of a message. */
  readonly logSteps?: boolean;
};

export interface LocalStack extends Stack {
  /** What the operations API wants to see. */
  readonly operationsToken: string;
}

/**
 * Builds this project's functions and starts all servers with its topology.
 * The data folder holds a lock while they run, by which other commands find them.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataFolder, logSteps = false, ...rest } = options;
  const other = await runningStack(dataFolder);
  if (other !== undefined) {
    throw new CommandError(
      `a stack runs on this data already (process ${other.pid}, ${other.url}): stop it with Ctrl-C first`,
    );
  }
  const operationsToken = randomBytes(16).toString("hex");
  const stack = await startStack({
    ...rest,
    dataFolder,
    appFolder: root,
    topology: {
      serviceBus: join(root, "infra/topology/service-bus.json"),
      cosmos: join(root, "infra/topology/cosmos.json"),
    },
    buildApp: () => buildFunctions(join(root, "dist")),
    settings: {
      OPERATIONS_AUTH: "local",
      OPERATIONS_TOKEN: operationsToken,
      ...(logSteps ? { LOG_STEPS: "1" } : {}),
    },
  });
  const { serviceBus, cosmos } = stack.connections;
  await writeLock(dataFolder, { pid: process.pid, url: stack.url, serviceBus, cosmos });
  const ended = stack.ended.then(async (death) => {
    await removeLock(dataFolder);
    return death;
  });
  const ending = (end: () => Promise<void>) => async () => {
    await end();
    await ended;
  };
  const stop = ending(stack.stop);
  return { ...stack, operationsToken, ended, stop, kill: ending(stack.kill), [Symbol.asyncDispose]: stop };
}
