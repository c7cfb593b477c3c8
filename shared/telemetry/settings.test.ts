import { describe, expect, it } from "vitest";
import { ConfigError } from "../config-error.ts";
import { telemetryExport } from "./settings.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/" };

describe("the settings of the export", () => {
  it("export nothing where no endpoint is set", () => {
    expect(telemetryExport({ OTEL_EXPORTER_OTLP_HEADERS: "a=b" })).toBeUndefined();
  });

  it("name the receiver and what it wants to see", () => {
    const headers = "authorization=Bearer%20a%3Db, x-team = ops";
    expect(telemetryExport({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers })).toEqual({
      endpoint: "http://127.0.0.1:4318",
      headers: { authorization: "Bearer a=b", "x-team": "ops" },
      metricInterval: 60_000,
      instance: undefined,
    });
  });

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" },
    { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "secret" },
    { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "a=%E0%A4%A" },
    { ...endpoint, OTEL_METRIC_EXPORT_INTERVAL: "often" },
  ])("that are none, %j, are refused", (settings) => {
    expect(() => telemetryExport(settings)).toThrow(ConfigError);
  });

  it("never show a header's value in an error", () => {
    const settings = { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "secret" };
    expect(() => telemetryExport(settings)).not.toThrow(/secret/);
  });
});
