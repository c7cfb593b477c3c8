import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { CosmosClient } from "@azure/cosmos";
import { ServiceBusClient } from "@azure/service-bus";
import { stop as stopBundler } from "esbuild";
import type { RuleInput } from "../../emulators/faults/index.ts";
import {
  ConfigurationError,
  type FunctionsHost,
  HostError,
  type LogLine,
  startFunctionsHost,
} from "../../emulators/functions-host/index.ts";
import { BrokenApp, buildApp, type Problem } from "./build.ts";
import type { Check } from "./check.ts";
import { createCustomer } from "./customer.ts";
import { loadProblem } from "./load-problem.ts";
import { createObserver } from "./observer.ts";
import { bundlePackages } from "./packages.ts";
import { planOf, readRules } from "./plan.ts";
import { createRest } from "./rest.ts";
import { type CheckResult, type CheckWorld, runCheck } from "./run-check.ts";
import { cosmosOptions, type LabPorts, startServers } from "./servers.ts";
import { database, type EndpointName } from "./topology.ts";
import { createTrace, type TraceStep } from "./trace.ts";
import { typeProblems } from "./types.ts";

export interface LabOptions {
  /** Free ones by default. */
  readonly ports?: LabPorts;
  /** Something happened to an order. */
  readonly onStep?: (step: TraceStep) => void;
  /** What the functions host and the app say. */
  readonly onLog?: (line: LogLine) => void;
}

export type RunResult =
  /** It can't run: its syntax, its types, its plan, or what it does when it is loaded. */
  | { readonly kind: "broken"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "checked";
      readonly results: readonly CheckResult[];
      /** Names of the rules in the app's own plan of faults. */
      readonly rules: readonly string[];
    };

export interface RunOptions {
  /** Of the app: what holds its host.json. */
  readonly folder: string;
  readonly checks: readonly Check[];
  readonly onResult?: (result: CheckResult) => void;
  /** Ends the run after the check that runs. */
  readonly signal?: AbortSignal;
}

/** The local servers, warm: they run one app after the other. */
export interface Lab {
  /** Runs checks on an app, one after the other. */
  run(options: RunOptions): Promise<RunResult>;
  /**
   * Runs an app with its own plan of faults.
   * @param until gets the front end's address, without a slash at its end; the app ends when it resolves
   * @throws BrokenApp
   */
  play(folder: string, until: (url: string) => Promise<void>): Promise<void>;
  /** Sends a command as a customer's device does. @returns its id */
  readonly customer: ReturnType<typeof createCustomer>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const anyPort: LabPorts = { serviceBus: 0, cosmos: 0, host: 0 };
/** Milliseconds that a plan may take to load: much more than it needs, on a machine that is busy with builds. */
const planWithin = 20_000;

/** Starts Service Bus and Cosmos DB in this process, in memory. */
export async function startLab({
  ports = anyPort,
  onStep = () => {},
  onLog = () => {},
}: LabOptions = {}): Promise<Lab> {
  const scratch = await mkdtemp(join(tmpdir(), "pierogi-lab-"));
  const bundled = bundlePackages(scratch);
  // Awaited by each run.
  bundled.catch(() => {});
  const now = Date.now;
  const trace = createTrace(now, onStep);
  const rest = createRest();
  const observer = createObserver(trace, rest);
  const servers = await startServers(ports, observer);
  // A customer whose answer is lost tries again soon, not after the SDK's minute.
  const bus = new ServiceBusClient(servers.settings.ServiceBus, {
    retryOptions: { timeoutInMs: 5_000, retryDelayInMs: 100 },
  });
  const customer = createCustomer(bus.createSender("orders"), randomUUID);
  const cosmos = new CosmosClient({ ...cosmosOptions, connectionString: servers.settings.Cosmos });
  const container = (name: EndpointName) => cosmos.database(database).container(name);
  const log: string[] = [];
  let builds = 0;
  let orders = 0;
  let isClosing = false;

  const settings = {
    ...servers.settings,
    // Nothing in the exercises keeps leases or keys there.
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
    // A handler that never ends is ended, before a check gives up: so it can be told why.
    AzureFunctionsJobHost__functionTimeout: "00:00:08",
    NODE_OPTIONS: "--enable-source-maps --disable-warning=ExperimentalWarning",
    NODE_COMPILE_CACHE: join(scratch, "compile-cache"),
  };

  /**
   * Runs an app and gives it to `work`. Its types are checked while its host starts.
   * @throws BrokenApp
   */
  async function withApp<T>(
    folder: string,
    work: (host: FunctionsHost, rules: readonly RuleInput[]) => Promise<T>,
  ): Promise<T> {
    // A folder of its own each time: a worker of the run before may still read the other.
    const app = join(scratch, String(++builds));
    const over = new AbortController();
    const types = typeProblems(folder, over.signal);
    // Awaited below, unless something else is wrong.
    types.catch(() => {});
    try {
      const [{ plan }] = await Promise.all([buildApp(folder, app), bundled]);
      const rules = plan === undefined ? [] : await readRules(plan, AbortSignal.timeout(planWithin));
      await servers.faults.setPlan(planOf(...rules));
      const host = await startHost(folder, app);
      try {
        const problems = await types;
        if (problems.length > 0) throw new BrokenApp(problems);
        return await work(host, rules);
      } finally {
        await host.close();
      }
    } finally {
      over.abort();
      await rm(app, { recursive: true, force: true, maxRetries: 10 });
    }
  }

  /** @throws BrokenApp */
  async function startHost(folder: string, app: string): Promise<FunctionsHost> {
    /** Where it went wrong, if the app does not load. */
    let loadStack = "";
    try {
      const host = await startFunctionsHost({
        appFolder: app,
        port: ports.host,
        settings,
        environment: environmentOf(process.env),
        drainLimit: 2_000,
        loadLimit: 20_000,
        faults: servers.hostFaults,
        onEvent: observer.hostEvent,
        onLog(line) {
          if (line.category.endsWith(".User") || line.category.startsWith("Worker.")) log.push(line.message);
          if (line.category === "Worker.load") loadStack = line.message;
          onLog(line);
        },
      });
      servers.hostStarted();
      return host;
    } catch (error) {
      if (error instanceof HostError && error.code === "APP_NOT_LOADED")
        throw new BrokenApp([loadProblem(folder, app, error.message, loadStack)]);
      if (error instanceof ConfigurationError)
        throw new BrokenApp([{ file: "host.json", message: error.message.replaceAll(app, "") }]);
      throw error;
    }
  }

  async function runChecks(rules: readonly RuleInput[], options: RunOptions) {
    const { checks, onResult = () => {}, signal = new AbortController().signal } = options;
    const world: CheckWorld = {
      trace,
      rest,
      faults: servers.faults,
      rules,
      customer,
      container,
      newOrderId: () => `order-${++orders}`,
      log,
      now,
      signal,
      isClosing: () => isClosing,
    };
    const results: CheckResult[] = [];
    for (const check of checks) {
      if (signal.aborted) break;
      const result = await runCheck(check, world);
      results.push(result);
      onResult(result);
    }
    return results;
  }

  const close = async (): Promise<void> => {
    isClosing = true;
    await bus.close();
    cosmos.dispose();
    await servers.close();
    await stopBundler();
    await rm(scratch, { recursive: true, force: true, maxRetries: 10 });
  };

  return {
    customer,
    async run(options) {
      try {
        return await withApp(options.folder, async (_, rules) => ({
          kind: "checked",
          results: await runChecks(rules, options),
          rules: rules.map(({ name }) => name),
        }));
      } catch (error) {
        if (error instanceof BrokenApp) return { kind: "broken", problems: error.problems };
        throw error;
      }
    },
    play: (folder, until) => withApp(folder, async ({ url }) => until(url.replace(/\/$/, ""))),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The surrounding settings of the same names are another stack's. */
const environmentOf = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(ServiceBus|Cosmos|Sql|NODE_OPTIONS)$/i.test(name)),
  );
