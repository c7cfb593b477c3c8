import { describe, expect, it } from "vitest";
import { untilAtRest } from "./rest.ts";

/** A system whose looks are scripted; the last one repeats. Its clock moves only by sleeping. */
function watch(looks: readonly ([waiting: number, unsent: number, handled: number] | "down")[]) {
  let time = 0;
  let index = 0;
  const current = () => {
    const look = looks[Math.min(index, looks.length - 1)] ?? [0, 0, 0];
    if (look === "down") throw new Error("nobody answers");
    return look;
  };
  return untilAtRest({
    bus: { count: async () => ({ waiting: current()[0], deadLettered: 0, quarantined: 0 }) },
    store: { unsent: async () => current()[1], handled: async () => current()[2] },
    now: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
      index += 1;
    },
  }).then(({ look, atRest }) => ({ atRest, handled: look.handled, looks: index + 1, time }));
}

describe("rest", () => {
  it("comes with two empty looks in a row", async () => {
    expect(
      await watch([
        [2, 0, 1],
        [0, 1, 2],
        [0, 0, 3],
        [0, 0, 3],
      ]),
    ).toEqual(expect.objectContaining({ atRest: true, handled: 3, looks: 4 }));
  });

  it("is not there while messages move unseen between two looks", async () => {
    expect(
      await watch([
        [0, 0, 1],
        [0, 0, 2],
        [0, 0, 3],
        [0, 0, 3],
      ]),
    ).toEqual(expect.objectContaining({ atRest: true, looks: 4 }));
  });

  it("can't be seen while a server is down for a moment", async () => {
    const { atRest, looks } = await watch([[0, 0, 3], "down", [0, 0, 3], [0, 0, 3]]);
    expect({ atRest, looks }).toEqual({ atRest: true, looks: 4 });
  });

  it("is no matter when a server stays down: its error is told", async () => {
    await expect(watch(["down"])).rejects.toThrow("nobody answers");
  });

  it("is given up when nothing changes any more, but not while something does", async () => {
    const busy = Array.from({ length: 2000 }, (_, index): [number, number, number] => [1, 0, index]);
    const { atRest, looks, time } = await watch(busy);
    expect(atRest).toBe(false);
    expect(looks).toBeGreaterThan(2000);
    expect(time).toBeGreaterThan(2000 * 250 + 60_000);
  });
});
