import { SpanKind } from "@opentelemetry/api";
import type { Attributes } from "../exactly-once/telemetry.ts";

interface Operation {
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** As OpenTelemetry's semantic conventions for messaging have it. */
const messaging = (kind: SpanKind, name: string, type: string): Operation => ({
  kind,
  attributes: {
    "messaging.system": "servicebus",
    "messaging.operation.name": name,
    "messaging.operation.type": type,
  },
});

const request = (method: string): Operation => ({
  kind: SpanKind.SERVER,
  attributes: { "http.request.method": method },
});

const storeOperation: Operation = { kind: SpanKind.CLIENT, attributes: {} };

/** By the first word of a span's name. */
const operations: Readonly<Record<string, Operation>> = {
  process: messaging(SpanKind.CONSUMER, "process", "process"),
  send: messaging(SpanKind.PRODUCER, "send", "send"),
  replay: messaging(SpanKind.PRODUCER, "replay", "send"),
  POST: request("POST"),
  DELETE: request("DELETE"),
  load: storeOperation,
  commit: storeOperation,
  record: storeOperation,
};

const internal: Operation = { kind: SpanKind.INTERNAL, attributes: {} };

export const operationOf = (name: string): Operation => operations[firstWord(name)] ?? internal;

export const isStoreOperation = (name: string): boolean => operationOf(name) === storeOperation;

const firstWord = (name: string): string => name.split(" ", 1)[0] ?? "";
