import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { startTelemetry } from "../telemetry/index.ts";
import { type FunctionsHostOptions, startFunctionsHost } from "./index.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const caller = "b7ad6b7169203331";

async function exporting(settings: Record<string, string>, more: Partial<FunctionsHostOptions> = {}) {
  const telemetry = await startTelemetry({ port: 0, token: "secret" });
  onTestFinished(() => telemetry.close());
  const host = await startFunctionsHost({
    appFolder: fileURLToPath(new URL("fixtures/http", import.meta.url)),
    settings: { ...telemetry.settings, ...settings },
    ...more,
  });
  onTestFinished(() => host.close());
  const get = (path: string) =>
    fetch(`${host.url}/api/${path}`, { headers: { traceparent: `00-${traceId}-${caller}-01` } });
  return { telemetry, host, get };
}

const mode = { AzureFunctionsJobHost__telemetryMode: "OpenTelemetry" };

it("sends a span for each invocation, which the function sees as its trace context", async () => {
  const { telemetry, get } = await exporting(mode);
  const { traceParent } = (await (await get("echo/1/rest")).json()) as { traceParent: string };
  await get("fail");
  await expect.poll(() => telemetry.spansOf(traceId), { interval: 20, timeout: 2000 }).toHaveLength(2);
  const [echo, fail] = telemetry.spansOf(traceId);
  expect(echo).toMatchObject({ kind: "server", parentSpanId: caller, status: "unset" });
  expect(traceParent).toBe(`00-${traceId}-${echo?.spanId}-01`);
  expect(echo?.attributes).toMatchObject({ "faas.trigger": "http", "faas.instance": "1" });
  expect(fail).toMatchObject({ status: "error", source: { service: "functions-host" } });
});

it("sends what is left at its end", async () => {
  const { telemetry, host, get } = await exporting(mode);
  await get("echo/1/rest");
  await host.close();
  expect(telemetry.spansOf(traceId)).toHaveLength(1);
});

it("sends nothing without the telemetry mode", async () => {
  const { telemetry, host, get } = await exporting({});
  await get("echo/1/rest");
  await host.close();
  expect(telemetry.spans()).toEqual([]);
});

it("goes on when nobody receives, and says so", async () => {
  const lines: string[] = [];
  const { host, get } = await exporting(
    { ...mode, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" },
    { onLog: ({ level, message }) => level === "warning" && lines.push(message) },
  );
  expect((await get("echo/1/rest")).status).toBe(201);
  await host.close();
  expect(lines.join("\n")).toMatch(/1 spans could not be sent to http:\/\/127\.0\.0\.1:1\/v1\/traces/);
});
