import type { FaultOptions, Injector } from "../faults/index.ts";
import type { Keys } from "./http/keys.ts";
import type { HostEvent, Log } from "./log.ts";

export interface FunctionsHostOptions {
  /** The folder of package.json, host.json and local.settings.json. */
  readonly appFolder: string;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** How many workers compete for the work; 1 by default. */
  readonly instances?: number;
  /** Win over the environment, which wins over local.settings.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `process.env` by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the keys are kept; without it they are made anew at each start. */
  readonly dataFolder?: string;
  readonly keys?: Partial<Keys>;
  /** How long a worker may take to load the app, in milliseconds; 60 s by default, as in Azure. */
  readonly loadLimit?: number;
  /** How long a stop waits for what is running, in milliseconds; 30 s by default. */
  readonly drainLimit?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** None strike by default. */
  readonly faults?: FaultOptions;
  /** 0 up to 1. */
  readonly random?: () => number;
  readonly onEvent?: (event: HostEvent) => void;
  readonly onLog?: Log;
}

export interface FunctionSummary {
  readonly name: string;
  readonly trigger: string;
  /** Of an HTTP function: the path, with the prefix. */
  readonly route?: string;
}

export interface FunctionsHost {
  readonly port: number;
  readonly url: string;
  readonly keys: Keys;
  readonly functions: readonly FunctionSummary[];
  workers(): { readonly instance: number; readonly pid: number | undefined }[];
  /** Ends an instance's worker at once, as a crash would. */
  killWorker(instance: number): void;
  /** Takes another fault plan. */
  readonly faults: Pick<Injector, "setPlan">;
  /** Drains: no new work, what runs finishes or is cut off at the limit, appTerminate hooks, workers exit. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
