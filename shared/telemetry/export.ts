import { randomUUID } from "node:crypto";
import { context, type DiagLogger, DiagLogLevel, diag, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { TelemetryExport } from "./settings.ts";
import { wholeTrees } from "./whole-trees.ts";

/** Milliseconds after which finished spans are sent, and how many may wait: what comes beyond is dropped and told. */
const batch = { scheduledDelayMillis: 300, maxQueueSize: 16_384, exportTimeoutMillis: 10_000 };

/**
 * Registers OpenTelemetry's SDK, which sends spans and metrics as OTLP/HTTP JSON. This module loads all of it: import
 * it where there is somewhere to send them.
 * @param failed told of what could not be sent
 * @returns sends what is left, and ends
 */
export function startExport(
  { endpoint, headers, metricInterval, instance }: TelemetryExport,
  failed: (what: string, error: unknown) => void,
): () => Promise<void> {
  const tell = (error: unknown) => failed(`export of telemetry to ${endpoint}`, error);
  diag.setLogger(reporting(tell), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = resourceFromAttributes({
    "service.name": "pierogi-orders",
    "service.instance.id": randomUUID(),
    "process.pid": process.pid,
    ...(instance === undefined ? {} : { "faas.instance": instance }),
  });
  const to = (signal: "traces" | "metrics") => ({ url: `${endpoint}/v1/${signal}`, headers: { ...headers } });

  const tracers = new TracerProvider({
    resource,
    spanProcessors: [
      wholeTrees(new BatchSpanProcessor({ exporter: new OTLPTraceExporter(to("traces")), ...batch })),
    ],
  });
  const meters = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(to("metrics")),
        exportIntervalMillis: metricInterval,
        exportTimeoutMillis: Math.min(metricInterval, batch.exportTimeoutMillis),
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);

  return async () => {
    const ends = await Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
    for (const end of ends) if (end.status === "rejected") tell(end.reason);
  };
}

/** What the SDK has to say of itself, such as a receiver that can't be reached. */
function reporting(tell: (error: unknown) => void): DiagLogger {
  // An error comes as JSON with its stack: its beginning says what was wrong.
  const report = (...parts: unknown[]) => tell(parts.map(String).join(" ").slice(0, 300));
  const nothing = () => {};
  return { error: report, warn: report, info: nothing, debug: nothing, verbose: nothing };
}
