import { context, diag, metrics, trace } from "@opentelemetry/api";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { startTelemetry } from "../../emulators/telemetry/index.ts";
import { startExport } from "./export.ts";
import { telemetryExport } from "./settings.ts";
import { openTelemetry } from "./telemetry.ts";

/** As a program does that has these settings. */
function exporting(settings: Readonly<Record<string, string>>) {
  const failures: string[] = [];
  const config = telemetryExport(settings);
  if (config === undefined) throw new Error("no endpoint");
  const end = startExport(config, (what, error) => failures.push(`${what}: ${String(error)}`));
  const telemetry = openTelemetry({
    now: Date.now,
    random: Math.random,
    onStep: () => {},
    onFailure: () => {},
  });
  return { telemetry, end, failures };
}

afterEach(() => {
  for (const api of [context, trace, metrics, diag]) api.disable();
});

const receiving = async () => {
  const receiver = await startTelemetry({ port: 0, token: "secret" });
  onTestFinished(() => receiver.close());
  return receiver;
};

it("spans arrive by themselves soon after the outermost has ended, with what they tell", async () => {
  const receiver = await receiving();
  const { telemetry, end, failures } = exporting({ ...receiver.settings, WEBSITE_INSTANCE_ID: "2" });
  onTestFinished(end);
  await telemetry.span("process orders", { "messaging.destination.name": "orders" }, async () => {
    await telemetry.span("load", {}, async () => telemetry.requested("azure.cosmosdb", "load state", 2.5));
  });
  await expect.poll(() => receiver.spans(), { interval: 20, timeout: 1000 }).toHaveLength(2);
  const [outer, inner] = receiver.spansOf(receiver.spans()[0]?.traceId ?? "");
  expect(outer).toMatchObject({
    name: "process orders",
    kind: "consumer",
    attributes: { "messaging.system": "servicebus", "messaging.destination.name": "orders" },
    status: "unset",
    source: { service: "pierogi-orders", instance: "2" },
  });
  expect(inner).toMatchObject({
    name: "load",
    parentSpanId: outer?.spanId,
    attributes: { "azure.cosmosdb.operation.request_charge": 2.5, "pierogi.store.round_trips": 1 },
  });
  expect(failures).toEqual([]);
});

it("what is left when the process ends in order is sent then, metrics, too", async () => {
  const receiver = await receiving();
  const { telemetry, end } = exporting(receiver.settings);
  await telemetry.span("sweep", {}, async () => telemetry.heartbeat());
  telemetry.requested("azure.cosmosdb", "commit", 19.8);
  await end();
  expect(receiver.spans().map(({ name }) => name)).toEqual(["sweep"]);
  const values = new Map(receiver.points().map(({ name, value }) => [name, value]));
  expect(values.get("pierogi.sweep.heartbeat")).toEqual({ kind: "counter", value: 1 });
  expect(values.get("pierogi.store.charge")).toMatchObject({ kind: "histogram", count: 1, sum: 19.8 });
});

it("a receiver that refuses is told of, and the program goes on", async () => {
  const receiver = await receiving();
  const { telemetry, end, failures } = exporting({
    ...receiver.settings,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20other",
  });
  expect(await telemetry.span("sweep", {}, async () => "done")).toBe("done");
  await end();
  expect(failures.join("\n")).toMatch(/export of telemetry to http:.*Unauthorized/);
  expect(receiver.spans()).toEqual([]);
});
