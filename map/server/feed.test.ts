import { describe, expect, it } from "vitest";
import type { StreamLine } from "../protocol.ts";
import { createFeed, MOST_WAITING } from "./feed.ts";

const snapshot = (note = ""): StreamLine => ({
  ...{ kind: "snapshot", number: 0, at: 0, nodes: {}, note },
  ...{ faults: { rules: [], strikes: [] }, vocabulary: { operations: {}, errors: {}, kinds: [] } },
});
const steps: StreamLine = { kind: "steps", steps: [] };

/** A page whose network takes a line whenever the test says so. */
function page() {
  const lines: StreamLine[] = [];
  const closed = new AbortController();
  let take = (): void => {};
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      take = () => {
        lines.push(JSON.parse(text) as StreamLine);
        resolve();
      };
    });
  return {
    lines,
    write,
    closed,
    async takes(count: number) {
      for (let n = 0; n < count; n++) {
        take();
        take = () => {};
        // The feed goes on in microtasks.
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      }
    },
  };
}

describe("a feed", () => {
  it("begins with a snapshot and goes on with what happens", async () => {
    const feed = createFeed(snapshot);
    const { lines, write, closed, takes } = page();
    const served = feed.serve(write, closed.signal);
    await takes(1);
    feed.send(steps);
    await takes(2);
    expect(lines.map(({ kind }) => kind)).toEqual(["snapshot", "steps"]);
    closed.abort();
    await served;
    expect(feed.listeners).toBe(0);
  });

  it("keeps little for a page that does not read, and gives it a new snapshot", async () => {
    const feed = createFeed(snapshot);
    const { lines, write, closed, takes } = page();
    const served = feed.serve(write, closed.signal);
    for (let n = 0; n < MOST_WAITING * 100; n++) feed.send(steps);
    await takes(MOST_WAITING);
    expect(lines.map(({ kind }) => kind)).toEqual(["snapshot", "snapshot"]);
    expect(lines[1]).toMatchObject({ note: expect.stringContaining("too slow") });
    feed.send(steps);
    await takes(2);
    expect(lines.at(-1)?.kind).toBe("steps");
    closed.abort();
    await served;
  });
});
