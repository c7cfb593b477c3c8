import type { Firing, Plan } from "../faults/index.ts";
import type { TelemetryOptions } from "../telemetry/index.ts";
import type { Ports } from "./ports.ts";

export interface StackOptions {
  readonly ports: Ports;
  /** Each server keeps its data in a folder of its own here. */
  readonly dataFolder: string;
  /** The built app: the folder of host.json and package.json. */
  readonly appFolder: string;
  /** Makes the app ready for the host, while the other servers start. */
  readonly buildApp?: () => Promise<void>;
  /** Makes the SQL server's database ready for the app. */
  readonly prepareSql?: (connectionString: string) => Promise<void>;
  /** Paths of the topology files. */
  readonly topology: { readonly serviceBus: string; readonly cosmos: string };
  /** Workers of the functions host that compete; 1 by default. */
  readonly instances?: number;
  /** Further settings of the app. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Path of Azure's own `func`, to be used instead of the embedded functions host. */
  readonly func?: string;
  /** Faults from the start on. */
  readonly faults?: Plan;
  /** What the fault plan's endpoint wants to see. */
  readonly faultsToken: string;
  /** Receives the spans and metrics that the app exports; without it the app is not told to export any. */
  readonly telemetry?: Pick<TelemetryOptions, "onSpans" | "onMetrics" | "mostSpans">;
  readonly onLog?: (log: Log) => void;
  /** Whatever else the servers tell: what happens to messages, documents, workers; and `ProcessEvent`s about them. */
  readonly onEvent?: (server: ServerName, event: unknown) => void;
  /** A fault struck. */
  readonly onFired?: (firing: Firing) => void;
}

/** A server's process began or ended. What it then tells of its data is all there is. */
export interface ProcessEvent {
  readonly type: "process";
  readonly action: "started" | "ended";
}

/** Something that a server has to say. */
export interface Log {
  readonly server: ServerName;
  readonly level: string;
  readonly message: string;
  readonly category?: string | undefined;
  readonly instance?: number | undefined;
  readonly functionName?: string | undefined;
}

export type ServerName = "azurite" | "serviceBus" | "cosmos" | "sql" | "host";
