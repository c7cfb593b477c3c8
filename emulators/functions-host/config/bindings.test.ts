import { describe, expect, it } from "vitest";
import type { BindingInfo, RetryOptions } from "../worker/rpc.ts";
import { defineFunction } from "./bindings.ts";
import { parseHostConfig } from "./host-json.ts";
import { settingsOf } from "./settings.ts";

const bundle = {
  extensionBundle: { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.*, 5.0.0)" },
};
const settings = settingsOf({ QUEUE: "orders" });

const define = (
  trigger: object,
  {
    host = { version: "2.0", ...bundle },
    others = {},
    retry,
  }: { host?: object; others?: object; retry?: RetryOptions } = {},
) =>
  defineFunction(
    {
      name: "f",
      bindings: { t: { direction: "in", ...trigger } as BindingInfo, ...others },
      ...(retry === undefined ? {} : { retryOptions: retry }),
    },
    parseHostConfig(host, "host.json"),
    settings,
  );
const queue = { type: "serviceBusTrigger", queueName: "%QUEUE%", connection: "Bus" };

describe("a function's bindings", () => {
  it("are read with defaults and settings", () => {
    expect(define(queue).trigger).toMatchObject({
      address: "orders",
      isSessionsEnabled: false,
      dataType: "undefined",
    });
    expect(
      define({ type: "SERVICEBUSTRIGGER", topicName: "t", subscriptionName: "s", dataType: "Binary" })
        .trigger,
    ).toMatchObject({
      type: "serviceBusTrigger",
      address: "t/Subscriptions/s",
      connection: "ServiceBus",
      dataType: "binary",
    });
  });

  it.each([
    [
      "an unknown trigger",
      { type: "eventHubTrigger" },
      {},
      'trigger "eventHubTrigger" is not supported; supported: httpTrigger, ',
    ],
    [
      "an unknown property",
      { ...queue, maxConcurrentCalls: 3 },
      {},
      '"maxConcurrentCalls" is not supported; supported: connection, queueName',
    ],
    [
      "cardinality many",
      { ...queue, cardinality: "many" },
      {},
      'cardinality: only cardinality "one" is supported',
    ],
    [
      "an SDK binding",
      { ...queue, properties: { supportsDeferredBinding: "true" } },
      {},
      "SDK bindings (sdkBinding) are a preview",
    ],
    [
      "a queue and a topic",
      { ...queue, topicName: "t" },
      {},
      "expected either queueName, or topicName and subscriptionName",
    ],
    ["a missing bundle", queue, { host: { version: "2.0" } }, "host.json names no extension bundle"],
    [
      "all versions of documents",
      {
        type: "cosmosDBTrigger",
        databaseName: "d",
        containerName: "c",
        changeFeedMode: "AllVersionsAndDeletes",
      },
      {},
      'only changeFeedMode "LatestVersion" is supported',
    ],
    [
      "another output",
      queue,
      { others: { o: { type: "queue", direction: "out" } } },
      'output binding "queue" is not supported',
    ],
    [
      "an input",
      queue,
      { others: { o: { type: "cosmosDB", direction: "in" } } },
      'input binding "cosmosDB" is not supported',
    ],
    [
      "a retry policy on a queue",
      queue,
      { retry: { retryStrategy: "fixedDelay", maxRetryCount: 1, delayInterval: { seconds: 1 } } },
      "a retry policy has no effect on a serviceBusTrigger",
    ],
  ])("are refused by name: %s", (_, trigger, more, message) => {
    expect(() => define(trigger, more)).toThrow(message);
  });
});

describe("host.json", () => {
  it.each([
    [{ version: "1.0" }, '"version" must be "2.0"'],
    [{ version: "2.0", functionTimeout: "5" }, "functionTimeout: "],
    [
      { version: "2.0", extensions: { queues: {} } },
      '"extensions.queues" is not supported here; extensions may hold http, serviceBus, cosmosDB',
    ],
    [
      { version: "2.0", extensions: { serviceBus: { prefetchCount: -1 } } },
      "extensions.serviceBus.prefetchCount",
    ],
    [
      { version: "2.0", concurrency: { dynamicConcurrencyEnabled: true } },
      "concurrency.dynamicConcurrencyEnabled",
    ],
  ])("%j is refused by name", (document, message) => {
    expect(() => parseHostConfig(document, "host.json")).toThrow(message);
  });

  it("has the real host's defaults", () => {
    expect(parseHostConfig({ version: "2.0" }, "host.json").extensions).toMatchObject({
      http: { routePrefix: "api" },
      serviceBus: {
        maxConcurrentCalls: 16,
        maxConcurrentSessions: 8,
        maxConcurrentCallsPerSession: 1,
        maxAutoLockRenewalDuration: 300_000,
      },
    });
  });
});
