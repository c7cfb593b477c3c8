import { describe, expect, it } from "vitest";
import { virtualTime } from "../../test/support/virtual-time.ts";
import { memoryStore } from "../stores/memory/memory.ts";
import type { Outgoing, Publish, Store } from "./contracts.ts";
import { feedDispatcher } from "./dispatcher.ts";
import { PermanentError, TransientError } from "./errors.ts";
import { sweeper } from "./sweeper.ts";
import { silent } from "./telemetry.ts";

const grace = 5000;

function setUp(publishing: (outgoing: readonly Outgoing[]) => void = () => {}) {
  const time = virtualTime();
  const store = memoryStore({ mode: "fence", now: time.now });
  const published: string[] = [];
  const failures: string[] = [];
  const publish: Publish = async (outgoing) => {
    publishing(outgoing);
    published.push(...outgoing.map(({ id }) => id));
  };
  const telemetry = { ...silent, failed: (what: string) => void failures.push(what) };

  async function stored(messageId: string, destination = "events") {
    const aggregate = { endpoint: "orders", id: messageId };
    const createdAt = time.now();
    const outgoing = [{ id: `out-${messageId}`, type: "T", schema: 1, createdAt, destination, body: "{}" }];
    await store.commit(aggregate, {
      messageId,
      record: { createdAt, outcome: { status: "accepted" } },
      state: { schema: 1, value: null },
      outgoing,
      deadline: Number.POSITIVE_INFINITY,
      keepRecordFor: 1e9,
    });
    return { aggregate, messageId, storedAt: createdAt };
  }
  return {
    time,
    store,
    published,
    failures,
    stored,
    dispatch: feedDispatcher(store, publish, time, telemetry, grace),
    sweep: sweeper([store], publish, time, telemetry, grace),
  };
}

describe("the feed's dispatcher", () => {
  it("waits until the youngest item is past the grace period, then sends what is still there", async () => {
    const { time, store, stored, dispatch, published } = setUp();
    const old = await stored("old");
    time.advance(3000);
    const sentMeanwhile = await stored("sent");
    store.remove([sentMeanwhile]);
    const startedAt = time.now();
    await dispatch([old, sentMeanwhile]);
    expect(time.now() - startedAt).toBe(grace);
    expect(published).toEqual(["out-old"]);
    expect(await store.outboxItem(old)).toBeUndefined();
  });

  it("does not wait for items that are past it", async () => {
    const { time, stored, dispatch } = setUp();
    const item = await stored("old");
    time.advance(grace);
    const startedAt = time.now();
    await dispatch([item]);
    expect(time.now()).toBe(startedAt);
  });

  it("fails while the broker can't be reached, so that the feed stays where it is", async () => {
    const { stored, dispatch } = setUp(() => {
      throw new TransientError("unreachable");
    });
    await expect(dispatch([await stored("a")])).rejects.toThrow("unreachable");
  });

  it("leaves to the sweeper what fails for good, and sends the rest", async () => {
    const { stored, dispatch, published, failures, store } = setUp(([message]) => {
      if (message?.id === "out-a") throw new PermanentError("too large");
    });
    const items = [await stored("a"), await stored("b")];
    await dispatch(items);
    expect(published).toEqual(["out-b"]);
    expect(failures).toEqual([expect.stringContaining("left to the sweeper")]);
    expect(
      await store.outboxItem({ aggregate: { endpoint: "orders", id: "a" }, messageId: "a" }),
    ).toBeDefined();
  });
});

describe("the sweeper", () => {
  it("sends whatever is older than the grace period, over many pages, and leaves what is younger", async () => {
    const { time, stored, sweep, published } = setUp();
    for (let n = 0; n < 250; n++) await stored(`old-${n}`);
    time.advance(grace + 1);
    await stored("young");
    expect(await sweep()).toEqual({ sent: 250, left: 0 });
    expect(new Set(published).size).toBe(250);
    expect(published).not.toContain("out-young");
  });

  it("sends what the store's clock, hours ahead of this one, has dated in the future", async () => {
    const { time, stored, sweep, published } = setUp();
    const here = time.now();
    time.advance(3 * 3_600_000);
    await stored("ahead");
    time.advance(here - time.now());
    expect(await sweep()).toEqual({ sent: 1, left: 0 });
    expect(published).toEqual(["out-ahead"]);
  });

  it("asks a closed destination once, and goes on with the others", async () => {
    let tries = 0;
    const { time, stored, sweep, published } = setUp(([message]) => {
      if (message?.destination !== "closed") return;
      tries++;
      throw new TransientError("unreachable");
    });
    for (const name of ["a", "b", "c"]) await stored(name, "closed");
    await stored("d");
    time.advance(grace + 1);
    expect(await sweep()).toEqual({ sent: 1, left: 3 });
    expect(tries).toBe(1);
    expect(published).toEqual(["out-d"]);
  });

  it("goes on behind an item that can never be sent", async () => {
    const { time, stored, sweep } = setUp(([message]) => {
      if (message?.id === "out-a") throw new PermanentError("too large");
    });
    await stored("a");
    await stored("b");
    time.advance(grace + 1);
    expect(await sweep()).toEqual({ sent: 1, left: 1 });
  });

  it("sweeps the other stores when one can't be reached, and then fails", async () => {
    const { time, store, stored, published } = setUp();
    const unreachable: Pick<Store, "pending" | "remove"> = {
      // biome-ignore lint/correctness/useYield: it fails before the first page
      async *pending() {
        throw new TransientError("no answer");
      },
      remove: () => {},
    };
    const publish: Publish = async ([message]) => void published.push(message?.id ?? "");
    const sweep = sweeper([unreachable, store], publish, time, silent, grace);
    await stored("a");
    time.advance(grace + 1);
    await expect(sweep()).rejects.toThrow("no answer");
    expect(published).toEqual(["out-a"]);
  });

  it("stops when its time is over", async () => {
    const { time, stored, sweep } = setUp(() => time.advance(1000));
    for (let n = 0; n < 10; n++) await stored(`item-${n}`);
    time.advance(grace + 1);
    expect(await sweep({ forAtMost: 3000 })).toEqual({ sent: 3, left: 0 });
  });
});
