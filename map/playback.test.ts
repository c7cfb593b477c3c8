import { describe, expect, it } from "vitest";
import { behind, due, live, MOST_WAITING, nothing, received, restarted, stepped } from "./page/playback.ts";
import type { Step } from "./protocol.ts";

const step = (number: number, at: number, isVisible = true): Step => ({
  ...{ number, at, count: 1, says: [] },
  moves: isVisible ? [{ from: "client", to: "frontend", kind: "request", type: "addItem", count: 1 }] : [],
  nodes: { "queue:orders": { up: true, items: [], counts: { waiting: number } } },
});
const waiting = (playback: typeof nothing) => playback.nodes["queue:orders"]?.counts["waiting"];

describe("playback", () => {
  it("shows at once what comes while it is live", () => {
    const [steps, after] = due(received(nothing, [step(1, 10), step(2, 20)]), 0);
    expect(steps).toHaveLength(2);
    expect(waiting(after)).toBe(2);
    expect(behind(after)).toBe(0);
  });

  it("stands still when paused, says how far it is behind, and goes on step by step", () => {
    const paused = received({ ...nothing, speed: 0 }, [step(1, 10), step(2, 20), step(3, 30)]);
    expect(due(paused, 1_000_000)[0]).toEqual([]);
    expect(behind(paused)).toBe(3);
    const [[shown], after] = stepped(paused, 5);
    expect(shown?.number).toBe(1);
    expect(waiting(after)).toBe(1);
    expect(behind(after)).toBe(2);
    expect(waiting(live(after))).toBe(3);
    expect(behind(live(after))).toBe(0);
  });

  it("shows a change of numbers alone with the next thing that can be seen", () => {
    const paused = received({ ...nothing, speed: 0 }, [step(1, 10, false), step(2, 20)]);
    expect(stepped(paused, 0)[0].map(({ number }) => number)).toEqual([1, 2]);
  });

  it("leaves time between steps when slow: stretched, but neither too short nor for ever", () => {
    const slow = received({ ...nothing, speed: 0.1 }, [step(1, 1), step(2, 151), step(3, 100_000)]);
    const [[first], one] = due(slow, 5_000);
    expect(first?.number).toBe(1);
    expect(due(one, 6_499)[0]).toEqual([]);
    const [[second], two] = due(one, 6_500);
    expect(second?.number).toBe(2);
    expect(due(two, 9_499)[0]).toEqual([]);
    expect(due(two, 9_500)[0].map(({ number }) => number)).toEqual([3]);
  });

  it("drops what a snapshot held already", () => {
    const begun = restarted(nothing, { nodes: {}, number: 5, at: 0 });
    expect(received(begun, [step(4, 1), step(5, 2), step(6, 3)]).waiting.map(({ number }) => number)).toEqual(
      [6],
    );
  });

  it("holds no more than it may, and says what it left out", () => {
    const many = Array.from({ length: MOST_WAITING + 1 }, (_, i) => step(i + 1, i));
    const full = received({ ...nothing, speed: 0 }, many);
    expect(full.waiting).toEqual([]);
    expect(full.skipped).toBe(MOST_WAITING + 1);
    expect(waiting(full)).toBe(MOST_WAITING + 1);
  });
});
