import { expect, it } from "vitest";
import { costsOf } from "./page/costs.ts";
import type { Span } from "./protocol.ts";

const span = (
  spanId: string,
  parentSpanId: string,
  name: string,
  attributes: Span["attributes"] = {},
): Span => ({
  ...{ traceId: "t", spanId, parentSpanId, name, start: 10, end: 15, failed: false, attributes },
});

it("a message costs what the spans below its own do, and nothing else", () => {
  const cost = (units: number) => ({
    "azure.cosmosdb.operation.request_charge": units,
    "pierogi.store.round_trips": 1,
  });
  const spans = [
    span("a", "", "POST /orders"),
    span("b", "a", "process orders", { "pierogi.message.type": "AddItem" }),
    span("c", "b", "load", cost(1)),
    span("d", "b", "publish"),
    span("e", "d", "commit", cost(10)),
    span("f", "a", "record", cost(100)),
    // A circle, and a parent that never came.
    span("g", "h", "load", cost(1000)),
    span("h", "g", "load"),
  ];
  expect(costsOf(spans)).toEqual([
    {
      ...{ spanId: "b", name: "process orders", type: "AddItem", milliseconds: 5, failed: false },
      ...{ requestUnits: 11, roundTrips: 2 },
    },
  ]);
});
