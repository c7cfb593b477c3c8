import { randomBytes } from "node:crypto";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Stack, type StackOptions, startStack } from "../emulators/stack.ts";
import { buildFunctions } from "./build.ts";
import { lockData } from "./data-lock.ts";
import { root } from "./root.ts";
import { forgetRunning, rememberRunning } from "./running-stack.ts";
import { prepareSql } from "./sql/prepare.ts";

export type StoreKind = "cosmos" | "sql";

export type LocalStackOptions = Pick<
  StackOptions,
  "ports" | "dataFolder" | "instances" | "func" | "faults" | "telemetry" | "onLog" | "onEvent" | "onFired"
> & {
  /** Service Bus's, if not the project's own. */
  readonly topologyFile?: string;
  /** Another program of the same functions: the module that takes the place of shared/app.ts. */
  readonly composition?: string;
  /** Keeps all endpoints in one store; by default each is where its setting says. */
  readonly stores?: StoreKind;
  /** The app prints a line for each step of a message. */
  readonly logSteps?: boolean;
};

export const serviceBusTopology = join(root, "infra/topology/service-bus.json");

export interface LocalStack extends Stack {
  /** What the operations API and the fault plan's endpoint want to see. */
  readonly operationsToken: string;
}

/**
 * Builds this project's functions and starts all servers with its topology.
 * The data folder is locked while they run, and holds their addresses, by which other commands find them.
 * @throws CommandError if the data is in use, PortError, StartError
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const {
    dataFolder,
    stores,
    logSteps = false,
    topologyFile = serviceBusTopology,
    composition,
    ...rest
  } = options;
  const appFolder = composition === undefined ? root : join(dataFolder, "app");
  const unlock = await lockData(dataFolder);
  const operationsToken = randomBytes(16).toString("hex");
  const stack = await startStack({
    ...rest,
    dataFolder,
    appFolder,
    faultsToken: operationsToken,
    topology: {
      serviceBus: topologyFile,
      cosmos: join(root, "infra/topology/cosmos.json"),
    },
    buildApp: async () => {
      if (composition !== undefined) await copyManifests(appFolder);
      await buildFunctions(join(appFolder, "dist"), composition);
    },
    prepareSql,
    settings: {
      OPERATIONS_AUTH: "local",
      OPERATIONS_TOKEN: operationsToken,
      ...(stores === undefined
        ? {}
        : { ORDERS_STORE: stores, BILLING_STORE: stores, MARKETING_STORE: stores }),
      ...(logSteps ? { LOG_STEPS: "1" } : {}),
    },
  }).catch((error: unknown) => {
    unlock();
    throw error;
  });
  const { serviceBus, cosmos, sql } = stack.connections;
  await rememberRunning(dataFolder, {
    pid: process.pid,
    url: stack.url,
    serviceBus,
    cosmos,
    sql,
    faults: `http://127.0.0.1:${stack.ports.faults}/faults`,
    token: operationsToken,
  });
  const ended = stack.ended.then(async (death) => {
    await forgetRunning(dataFolder);
    unlock();
    return death;
  });
  const ending = (end: () => Promise<void>) => async () => {
    await end();
    await ended;
  };
  const stop = ending(stack.stop);
  return { ...stack, operationsToken, ended, stop, kill: ending(stack.kill), [Symbol.asyncDispose]: stop };
}

/** What the host reads of an app beside its functions. */
async function copyManifests(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of ["host.json", "package.json", "local.settings.json"]) {
    await copyFile(join(root, file), join(folder, file));
  }
}
