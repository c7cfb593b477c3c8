import { describe, expect, it } from "vitest";
import { createBatch, SINGLES } from "./batch.ts";
import type { Effect } from "./effects.ts";
import { createHistory } from "./history.ts";

describe("a batch", () => {
  function filled(count: number) {
    const history = createHistory(() => undefined);
    const waiting: Record<string, number> = { "queue:orders": 0 };
    const batch = createBatch((node) => ({ up: true, items: [], counts: { waiting: waiting[node] ?? 0 } }));
    for (let n = 1; n <= count; n++) {
      waiting["queue:orders"] = n;
      const effect: Effect = {
        ...{ at: n, server: "serviceBus", kind: n === 3 ? "fault" : "message", node: "queue:orders" },
        text: `message ${n}`,
        move: { from: "frontend", to: "queue:orders", kind: "send", type: "AddItem", count: 1 },
      };
      batch.add(effect, history.add(effect));
    }
    return batch;
  }

  it("shows few things one by one, each with the state as it was then", () => {
    const steps = filled(2).take();
    expect(steps.map(({ nodes }) => nodes["queue:orders"]?.counts["waiting"])).toEqual([1, 2]);
  });

  it("takes many things together: moves counted, the last state, and the faults among them told", () => {
    const many = SINGLES * 10;
    const batch = filled(many);
    const steps = batch.take();
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      number: many,
      count: many,
      moves: [{ from: "frontend", to: "queue:orders", count: many }],
      nodes: { "queue:orders": { counts: { waiting: many } } },
    });
    expect(steps[0]?.says.map(({ text }) => text)).toContain("message 3");
    expect(steps[0]?.says.length).toBeLessThan(12);
    expect(batch.take()).toEqual([]);
  });
});
