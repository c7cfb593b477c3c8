import { ConfigError } from "../config-error.ts";

/** How telemetry is exported. */
export interface TelemetryExport {
  /** Base address of an OTLP/HTTP receiver that takes JSON: `/v1/traces` and `/v1/metrics` are below it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds between two exports of the metrics. */
  readonly metricInterval: number;
  /** The host's name of this instance, if it has one. */
  readonly instance: string | undefined;
}

/**
 * The settings of OpenTelemetry's own specification ("OTLP Exporter Configuration"), as far as they are obeyed here: the
 * protocol is always http/json.
 * @returns undefined where no endpoint is set
 * @throws ConfigError
 */
export function telemetryExport(
  environment: Readonly<Record<string, string | undefined>>,
): TelemetryExport | undefined {
  const endpoint = environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? "";
  if (endpoint === "") return undefined;
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new ConfigError(
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      `expected an address such as http://127.0.0.1:4318, came "${endpoint}"`,
    );
  }
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    headers: headersOf(environment.OTEL_EXPORTER_OTLP_HEADERS ?? ""),
    metricInterval: intervalOf(environment.OTEL_METRIC_EXPORT_INTERVAL ?? ""),
    instance: environment.WEBSITE_INSTANCE_ID,
  };
}

/** `name=value,name=value`, the values percent-encoded as in W3C Baggage. */
function headersOf(text: string): Record<string, string> {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = "", ...rest] = entry.split("=");
      const value = decoded(rest.join("=").trim());
      if (name.trim() === "" || rest.length === 0 || value === undefined) {
        // Not the entry itself: it may hold a key.
        throw new ConfigError(
          "OTEL_EXPORTER_OTLP_HEADERS",
          'expected name=value pairs with commas between them and percent-encoded values, such as "authorization=Bearer%20abc"',
        );
      }
      return [name.trim(), value];
    }),
  );
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function intervalOf(text: string): number {
  if (text === "") return 60_000;
  const milliseconds = Number(text);
  if (Number.isInteger(milliseconds) && milliseconds > 0) return milliseconds;
  throw new ConfigError(
    "OTEL_METRIC_EXPORT_INTERVAL",
    `expected milliseconds, such as 60000; came "${text}"`,
  );
}
