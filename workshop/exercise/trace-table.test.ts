import { describe, expect, it } from "vitest";
import type { TraceFact, TraceStep } from "../lab/trace.ts";
import { traceTable } from "./trace-table.ts";

const steps = (...facts: readonly TraceFact[]): TraceStep[] =>
  facts.map((fact, index) => ({ ...fact, n: index + 1, time: 0, orderId: "order-1" }));

const command = { type: "AddItem", messageId: "0190-command", filling: "Meat" };
const event = { type: "ItemAdded", messageId: "0190-event", filling: "Meat" };

describe("trace", () => {
  it("tells who did what in columns, and numbers messages by their ids", () => {
    const table = traceTable(
      steps(
        { kind: "fault", rule: "Meat twice", fault: "twice", at: "serviceBus send", ...command },
        { kind: "sent", by: "customer", entity: "orders", ...command },
        { kind: "delivered", to: "orders", ...command, copy: 1, delivery: 1 },
        { kind: "sent", by: "orders", entity: "events", ...event },
        {
          kind: "stored",
          container: "orders",
          document: { id: "1", orderId: "1", lines: ["Meat"], count: 1 },
        },
        { kind: "delivered", to: "orders", ...command, copy: 2, delivery: 3 },
        { kind: "failed", to: "orders", ...command, copy: 2, delivery: 3, error: "boom" },
        { kind: "notSent", by: "orders", entity: "events", ...event, error: "EntityDisabled" },
        { kind: "notStored", container: "orders", error: "413 too large" },
        {
          kind: "deadLettered",
          to: "orders",
          ...command,
          copy: 2,
          delivery: 10,
          reason: "MaxDeliveryCountExceeded",
        },
      ),
      100,
    );
    expect(table.join("\n")).toBe(
      `
FAULT     twice       "Meat twice" at serviceBus send AddItem #1
Customer  sends       AddItem Meat #1
Orders    gets        AddItem Meat #1
Orders    sends       ItemAdded Meat #2
store     has         orders: lines [Meat], count 1
Orders    gets        AddItem Meat #1 (copy 2, delivery 3)
Orders    fails at    AddItem Meat #1 (copy 2, delivery 3): boom
Orders    can't send  ItemAdded Meat #2: EntityDisabled
store     refuses     orders: 413 too large
Orders    gives up    AddItem Meat #1 (copy 2, delivery 10): MaxDeliveryCountExceeded`.trimStart(),
    );
  });

  it("tells equal deliveries in a row once, and the last one when it ends otherwise", () => {
    const of = (delivery: number) => ({ to: "orders" as const, ...command, copy: 1, delivery });
    const tried = (delivery: number): TraceFact[] => [
      { kind: "delivered", ...of(delivery) },
      { kind: "failed", ...of(delivery), error: "boom" },
    ];
    const tenTimes = Array.from({ length: 10 }, (_, index) => tried(index + 1)).flat();
    const end: TraceFact = { kind: "deadLettered", ...of(10), reason: "MaxDeliveryCountExceeded" };
    expect(traceTable(steps(...tenTimes, end), 100).join("\n")).toBe(
      `
Orders  gets      AddItem Meat #1
Orders  fails at  AddItem Meat #1: boom
Orders  gets      AddItem Meat #1 (delivery 2)
Orders  fails at  AddItem Meat #1 (delivery 2): boom
Orders  gets      deliveries 3 to 9 likewise
Orders  gets      AddItem Meat #1 (delivery 10)
Orders  fails at  AddItem Meat #1 (delivery 10): boom
Orders  gives up  AddItem Meat #1 (delivery 10): MaxDeliveryCountExceeded`.trimStart(),
    );
    expect(traceTable(steps(...[1, 2, 3].flatMap(tried)), 100).join()).not.toContain("likewise");
  });

  it("keeps to the width", () => {
    const [line = ""] = traceTable(
      steps({ kind: "notStored", container: "orders", error: "x".repeat(200) }),
      40,
    );
    expect(line).toHaveLength(40);
    expect(line).toMatch(/^store {2}refuses {2}orders: x+…$/);
  });
});
