import { ConfigError } from "./config-error.ts";
import { milliseconds } from "./duration.ts";
import type { EndpointName } from "./endpoints.ts";
import type { Retention } from "./exactly-once/guard.ts";
import { type SqlConnection, sqlConnection } from "./sql-settings.ts";
import { type TelemetryExport, telemetryExport } from "./telemetry/settings.ts";

export { ConfigError } from "./config-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach a service: a connection string locally, an identity in Azure. */
export type Connection =
  | { readonly kind: "connection string"; readonly value: string }
  | { readonly kind: "identity"; readonly address: string; readonly clientId?: string };

export type StoreKind = "cosmos" | "sql";

export interface Config {
  readonly serviceBus: Connection;
  /** Which store each endpoint keeps its aggregates in. */
  readonly stores: Readonly<Record<EndpointName, StoreKind>>;
  /** Undefined where no endpoint uses it; so `sql`. */
  readonly cosmos: Connection | undefined;
  readonly sql: SqlConnection | undefined;
  readonly retention: Retention;
  /** Milliseconds for which an outbox item is left to the endpoint that stored it. */
  readonly grace: number;
  readonly operations: { readonly auth: "off" } | { readonly auth: "local"; readonly token: string };
  /** Where spans and metrics go; undefined: nowhere. */
  readonly telemetry: TelemetryExport | undefined;
  /** Print one line per step of a message. */
  readonly logSteps: boolean;
}

/**
 * Reads and checks all settings; nothing else reads the environment.
 * @throws ConfigError
 */
export function readConfig(environment: Environment): Config {
  const stores = {
    orders: store(environment, "ORDERS_STORE", "cosmos"),
    billing: store(environment, "BILLING_STORE", "sql"),
    marketing: store(environment, "MARKETING_STORE", "cosmos"),
  };
  const used = new Set(Object.values(stores));
  const config: Config = {
    serviceBus: connection(environment, "ServiceBus", "fullyQualifiedNamespace"),
    stores,
    cosmos: used.has("cosmos") ? connection(environment, "Cosmos", "accountEndpoint") : undefined,
    sql: used.has("sql") ? sqlConnection(environment) : undefined,
    retention: {
      retention: duration(environment, "RETENTION", "P7D"),
      skew: duration(environment, "CLOCK_SKEW", "PT5M"),
      margin: duration(environment, "RETENTION_MARGIN", "PT10M"),
    },
    grace: duration(environment, "OUTBOX_GRACE", "PT5S"),
    operations: operations(environment),
    telemetry: telemetryExport(environment),
    logSteps: environment.LOG_STEPS === "1",
  };
  checkRetention(config.retention, environment);
  return config;
}

/** Rules 5 and 13: with other values than these a copy could outlive the record of its processing. */
function checkRetention({ retention, skew, margin }: Retention, environment: Environment): void {
  if (margin <= skew) {
    throw new ConfigError(
      "RETENTION_MARGIN",
      `must be longer than CLOCK_SKEW; ${margin / 1000} s is not longer than ${skew / 1000} s`,
    );
  }
  // A message lives in a subscription, and again in the queue that it is forwarded to.
  const copy =
    2 * duration(environment, "MESSAGE_TIME_TO_LIVE", "P1D") +
    duration(environment, "DEAD_LETTER_HANDLING", "P2D");
  const needed = copy + duration(environment, "DISPATCH_OUTAGE", "P1D") + skew;
  if (retention <= needed) {
    throw new ConfigError(
      "RETENTION",
      `${retention / 3_600_000} h is too short: it must be longer than twice MESSAGE_TIME_TO_LIVE, DEAD_LETTER_HANDLING, DISPATCH_OUTAGE and CLOCK_SKEW together, which are ${Math.ceil(needed / 3_600_000)} h`,
    );
  }
}

function store(environment: Environment, name: string, fallback: StoreKind): StoreKind {
  const kind = environment[name] ?? "";
  if (kind === "") return fallback;
  if (kind === "cosmos" || kind === "sql") return kind;
  throw new ConfigError(name, `expected "cosmos" or "sql", or nothing for "${fallback}"; came "${kind}"`);
}

function operations(environment: Environment): Config["operations"] {
  const auth = environment.OPERATIONS_AUTH ?? "";
  if (auth === "") return { auth: "off" };
  if (auth !== "local")
    throw new ConfigError("OPERATIONS_AUTH", `expected "local" or nothing, came "${auth}"`);
  const token = environment.OPERATIONS_TOKEN ?? "";
  // `local` without a token would be open to everybody who reaches the port.
  return token === "" ? { auth: "off" } : { auth: "local", token };
}

function connection(environment: Environment, name: string, addressSetting: string): Connection {
  const value = environment[name];
  if (value !== undefined && value !== "") return { kind: "connection string", value };
  const address = environment[`${name}__${addressSetting}`];
  if (address === undefined || address === "") {
    throw new ConfigError(
      name,
      `missing; expected a connection string in ${name}, or an address in ${name}__${addressSetting} to use an identity`,
    );
  }
  const clientId = environment[`${name}__clientId`] ?? environment.AZURE_CLIENT_ID;
  return { kind: "identity", address, ...(clientId === undefined ? {} : { clientId }) };
}

function duration(environment: Environment, name: string, fallback: string): number {
  try {
    return milliseconds(environment[name] ?? fallback);
  } catch (cause) {
    throw new ConfigError(name, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
