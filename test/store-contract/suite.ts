import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Aggregate, Outgoing, Store, Unit } from "../../shared/exactly-once/contracts.ts";
import { TransientError } from "../../shared/exactly-once/errors.ts";
import type { StoreStep } from "../../shared/stores/steps.ts";

/** One implementation under test, with the means to watch and to disturb it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The requests issued since the last call, in order. */
  takeSteps(): StoreStep[];
  /** How often, since the last call, the store spoke to its server and waited; undefined: it has none. */
  takeTurns?(): number;
  /** The next commit is applied, but its answer does not come back. */
  loseNextCommitAnswer(): void;
  /** The store's own clock, in milliseconds since 1970; where it can be moved, `advance` moves it. */
  now(): number;
  advance?(milliseconds: number): void | Promise<void>;
  close(): Promise<void>;
}

/** The requests that the algorithm counts on, by mode: what a simulation lets happen between. */
const expectedSteps: Record<Store["mode"], Record<"load" | "request" | "used key", StoreStep[]>> = {
  deadline: { load: ["load"], request: ["load request"], "used key": ["create request"] },
  // The record after the state, never beside it (5).
  fence: {
    load: ["load state", "load record"],
    request: ["load request", "load record"],
    "used key": ["create request", "load request"],
  },
};

const day = 86_400_000;
/** A real server's database may have been used before. */
const run = Date.now().toString(36);
let aggregates = 0;

/** What every store must do, whatever it is made of. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the store contract:`, () => {
    let under: StoreUnderTest;
    let store: Store;
    let aggregate: Aggregate;

    beforeEach(async () => {
      under = await open();
      store = under.store;
      aggregate = { endpoint: "orders", id: `contract-${run}-${aggregates++}` };
    });
    afterEach(() => under.close());

    const outgoing = (id: string, body = "{}"): Outgoing => ({
      id,
      type: "Told",
      schema: 1,
      createdAt: 1_700_000_000_123,
      destination: "events",
      sessionId: "lane-01",
      trace: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
      body,
    });
    const unit = (messageId: string, more: Partial<Unit> = {}): Unit => ({
      messageId,
      record: { createdAt: under.now(), outcome: { status: "accepted" } },
      state: { schema: 1, value: { heard: [messageId] } },
      outgoing: [],
      deadline: under.now() + 7 * day,
      keepRecordFor: 7 * day,
      ...more,
    });
    const ref = (messageId: string) => ({ aggregate, messageId });
    const pendingIds = async (since = under.now() + day, until = since + day): Promise<string[]> => {
      const found: string[] = [];
      for await (const page of store.pending({ since, until }, 3)) {
        expect(page.length).toBeLessThanOrEqual(3);
        found.push(
          ...page.filter((item) => item.aggregate.id === aggregate.id).map((item) => item.messageId),
        );
      }
      return found.sort();
    };

    /** Does something, which must take these requests, one after the other. */
    async function taking(something: () => Promise<unknown>, steps: readonly StoreStep[]): Promise<void> {
      under.takeSteps();
      under.takeTurns?.();
      await something();
      expect(under.takeSteps()).toEqual(steps);
      if (under.takeTurns !== undefined) expect(under.takeTurns()).toBe(steps.length);
    }

    it("an unknown aggregate loads as nothing", async () => {
      expect(await store.load(aggregate, "m1")).toEqual({});
      expect(await store.state(aggregate)).toBeUndefined();
    });

    it("a commit shows state, record and outbox item as they were given", async () => {
      const told = outgoing("o1", '{"text":"Grüße 🥟"}');
      const record = { createdAt: 42, outcome: { status: "rejected", reason: "empty" } } as const;
      expect(await store.commit(aggregate, unit("m1", { record, outgoing: [told] }))).toBe("committed");
      const loaded = await store.load(aggregate, "m1");
      expect(loaded).toEqual({
        state: { schema: 1, value: { heard: ["m1"] } },
        version: expect.any(String),
        record,
      });
      const item = await store.outboxItem(ref("m1"));
      expect(item).toMatchObject({ aggregate, messageId: "m1", outgoing: [told] });
      expect(Math.abs((item?.storedAt ?? 0) - under.now())).toBeLessThan(5000);
      expect(await store.state(aggregate)).toEqual({ schema: 1, value: { heard: ["m1"] } });
    });

    it("a commit without outgoing messages leaves no outbox item", async () => {
      await store.commit(aggregate, unit("m1"));
      expect(await store.outboxItem(ref("m1"))).toBeUndefined();
    });

    it("a message that was committed is a duplicate, and changes nothing", async () => {
      await store.commit(aggregate, unit("m1", { outgoing: [outgoing("o1")] }));
      const { version = "" } = await store.load(aggregate, "m1");
      const again = unit("m1", {
        version,
        state: { schema: 1, value: "changed" },
        outgoing: [outgoing("o2")],
      });
      expect(await store.commit(aggregate, again)).toBe("duplicate");
      expect((await store.load(aggregate, "m1")).state?.value).toEqual({ heard: ["m1"] });
      expect((await store.outboxItem(ref("m1")))?.outgoing[0]?.id).toBe("o1");
    });

    it("a duplicate is one even when the state was changed since", async () => {
      await store.commit(aggregate, unit("m1"));
      const { version = "" } = await store.load(aggregate, "m1");
      await store.commit(aggregate, unit("m2", { version }));
      expect(await store.commit(aggregate, unit("m1", { version }))).toBe("duplicate");
    });

    it("a commit on a version that is no longer the newest is a conflict, and nothing of it is written", async () => {
      await store.commit(aggregate, unit("m1"));
      const { version = "" } = await store.load(aggregate, "m1");
      await store.commit(aggregate, unit("m2", { version }));
      expect(await store.commit(aggregate, unit("m3", { version, outgoing: [outgoing("o3")] }))).toBe(
        "conflict",
      );
      const { record, state } = await store.load(aggregate, "m3");
      expect(record).toBeUndefined();
      expect(state?.value).toEqual({ heard: ["m2"] });
      expect(await store.outboxItem(ref("m3"))).toBeUndefined();
    });

    it("versions are never used twice, also when the state comes back to what it was", async () => {
      const versions = new Set<string>();
      let version: string | undefined;
      for (let n = 0; n < 5; n++) {
        const same = { schema: 1, value: "same" };
        await store.commit(
          aggregate,
          unit(`m${n}`, { state: same, ...(version === undefined ? {} : { version }) }),
        );
        version = (await store.load(aggregate, "none")).version;
        versions.add(version ?? "");
      }
      expect(versions.size).toBe(5);
    });

    it("of two first commits, one wins and the other is a conflict", async () => {
      const results = await Promise.all([
        store.commit(aggregate, unit("m1")),
        store.commit(aggregate, unit("m2")),
      ]);
      expect(results.toSorted()).toEqual(["committed", "conflict"]);
      const records = await Promise.all(
        ["m1", "m2"].map(async (id) => (await store.load(aggregate, id)).record),
      );
      expect(records.filter((record) => record !== undefined)).toHaveLength(1);
    });

    it("of ten copies of one message that are committed at once, one is committed", async () => {
      const results = await Promise.all(
        Array.from({ length: 10 }, () => store.commit(aggregate, unit("m1"))),
      );
      expect(results.filter((result) => result === "committed")).toHaveLength(1);
    });

    it("aggregates and endpoints do not see each other's records", async () => {
      await store.commit(aggregate, unit("m1"));
      expect(await store.load({ ...aggregate, endpoint: "billing" }, "m1")).toEqual({});
      expect(await store.load({ ...aggregate, id: `${aggregate.id}-other` }, "m1")).toEqual({});
    });

    it("ids that differ in nothing but case are different", async () => {
      const other = { ...aggregate, id: aggregate.id.toUpperCase() };
      expect(await store.commit(aggregate, unit("m1", { outgoing: [outgoing("o1")] }))).toBe("committed");
      expect(await store.load(other, "m1")).toEqual({});
      expect(await store.commit(other, unit("m1", { outgoing: [outgoing("o1")] }))).toBe("committed");
      const { version = "" } = await store.load(aggregate, "M1");
      expect(await store.commit(aggregate, unit("M1", { version, outgoing: [outgoing("o1")] }))).toBe(
        "committed",
      );
      store.remove([ref("m1")]);
      await store.flush();
      expect(await store.outboxItem(ref("M1"))).toBeDefined();
      expect(await store.outboxItem({ aggregate: other, messageId: "m1" })).toBeDefined();
    });

    it("a commit whose answer was lost throws a transient error, and is there", async () => {
      under.loseNextCommitAnswer();
      await expect(store.commit(aggregate, unit("m1", { outgoing: [outgoing("o1")] }))).rejects.toThrow(
        TransientError,
      );
      expect((await store.load(aggregate, "m1")).record).toBeDefined();
      expect(await store.commit(aggregate, unit("m1"))).toBe("duplicate");
      expect((await store.outboxItem(ref("m1")))?.outgoing).toHaveLength(1);
    });

    it("removed items are gone, removing them again is fine, and the records stay", async () => {
      await store.commit(aggregate, unit("m1", { outgoing: [outgoing("o1")] }));
      const { version = "" } = await store.load(aggregate, "m1");
      await store.commit(aggregate, unit("m2", { version, outgoing: [outgoing("o2")] }));
      store.remove([ref("m1")]);
      await store.flush();
      store.remove([ref("m1"), ref("m2")]);
      await store.flush();
      expect(await store.outboxItem(ref("m1"))).toBeUndefined();
      expect(await store.outboxItem(ref("m2"))).toBeUndefined();
      expect((await store.load(aggregate, "m1")).record).toBeDefined();
    });

    it("pending items are listed page by page, each once, and only those stored outside of the given time", async () => {
      let version: string | undefined;
      const ids = Array.from({ length: 8 }, (_, n) => `m${n}`);
      for (const id of ids) {
        const result = await store.commit(
          aggregate,
          unit(id, { outgoing: [outgoing(`o-${id}`)], ...(version === undefined ? {} : { version }) }),
        );
        expect(result).toBe("committed");
        version = (await store.load(aggregate, id)).version;
      }
      expect(await pendingIds()).toEqual(ids);
      expect(await pendingIds(under.now() - 60_000)).toEqual([]);
    });

    it("pending items of every endpoint are listed", async () => {
      const state = { schema: 1, value: { payments: [] } };
      const others = { ...aggregate, endpoint: "billing" };
      await store.commit(others, unit("m1", { state, outgoing: [outgoing("o1")] }));
      await store.commit(aggregate, unit("m2", { outgoing: [outgoing("o2")] }));
      expect(await pendingIds()).toEqual(["m1", "m2"]);
    });

    it("a pending item that a clock ahead of the sweeper's has dated is listed", async () => {
      await store.commit(aggregate, unit("m1", { outgoing: [outgoing("o1")] }));
      expect(await pendingIds(under.now() - 120_000, under.now() - 60_000)).toEqual(["m1"]);
    });

    it.each([
      ["over 100 outgoing messages", { outgoing: 101, bytes: 10 }, /101 outgoing messages; at most 100/],
      [
        "an outgoing message over 200 KB",
        { outgoing: 1, bytes: 200 * 1024 + 1 },
        /at most 204800 can be sent/,
      ],
      ["over 2 MB altogether", { outgoing: 11, bytes: 199 * 1024 }, /fit one commit/],
    ])(
      "%s is refused, and nothing of it is written",
      async (_what, { outgoing: count, bytes }, explained) => {
        const large = Array.from({ length: count }, (_, n) => outgoing(`o${n}`, "x".repeat(bytes)));
        const result = await store.commit(aggregate, unit("m1", { outgoing: large }));
        expect(result).toEqual({ refused: expect.stringMatching(explained) });
        expect(await store.load(aggregate, "m1")).toEqual({});
        expect(await store.outboxItem(ref("m1"))).toBeUndefined();
      },
    );

    it("nearly 2 MB and 100 outgoing messages are committed", async () => {
      const large = Array.from({ length: 100 }, (_, n) => outgoing(`o${n}`, "x".repeat(20_000)));
      expect(await store.commit(aggregate, unit("m1", { outgoing: large }))).toBe("committed");
      expect((await store.outboxItem(ref("m1")))?.outgoing).toHaveLength(100);
    });

    it("a request record is created once, and then shown", async () => {
      const request = { hash: "h1", createdAt: 42 };
      expect(await store.createRequest(aggregate, "r1", request, day)).toBe("created");
      expect(await store.createRequest(aggregate, "r1", { hash: "h2", createdAt: 43 }, day)).toEqual(request);
      expect(await store.request(aggregate, "r1")).toEqual({ request });
      await store.commit(aggregate, unit("r1"));
      expect(await store.request(aggregate, "r1")).toMatchObject({
        request,
        record: { outcome: { status: "accepted" } },
      });
      expect(await store.request(aggregate, "r2")).toEqual({});
    });

    it("records and requests live as long as asked, an outbox item for ever", async () => {
      if (under.advance === undefined) throw new Error("this implementation must let its clock be moved");
      await store.commit(aggregate, unit("m1", { outgoing: [outgoing("o1")], keepRecordFor: day }));
      await store.createRequest(aggregate, "r1", { hash: "h", createdAt: 0 }, day);
      await under.advance(day - 2000);
      expect((await store.load(aggregate, "m1")).record).toBeDefined();
      expect((await store.request(aggregate, "r1")).request).toBeDefined();
      await under.advance(4000);
      expect((await store.load(aggregate, "m1")).record).toBeUndefined();
      expect((await store.request(aggregate, "r1")).request).toBeUndefined();
      await under.advance(400 * day);
      expect(await pendingIds()).toEqual(["m1"]);
      expect((await store.load(aggregate, "m1")).state).toBeDefined();
    });

    it("issues its requests as the algorithm counts on, one commit being one request", async () => {
      const expected = expectedSteps[store.mode];
      const item = unit("m1", { outgoing: [outgoing("o1")] });
      const request = { hash: "h", createdAt: 0 };
      await taking(() => store.load(aggregate, "m1"), expected.load);
      await taking(() => store.commit(aggregate, item), ["commit"]);
      await taking(() => store.commit(aggregate, item), ["commit"]);
      await taking(() => store.commit(aggregate, unit("m2")), ["commit"]);
      await taking(() => store.load(aggregate, "m1"), expected.load);
      await taking(() => store.outboxItem(ref("m1")), ["load item"]);
      await taking(() => store.state(aggregate), ["load state"]);
      await taking(() => store.createRequest(aggregate, "r1", request, day), ["create request"]);
      await taking(() => store.createRequest(aggregate, "r1", request, day), expected["used key"]);
      await taking(() => store.request(aggregate, "r1"), expected.request);
      const large = unit("m3", { outgoing: [outgoing("o1", "x".repeat(300 * 1024))] });
      await taking(() => store.commit(aggregate, large), []);
      // What these two ask besides (where things are) is their SDK's affair.
      store.remove([ref("m1")]);
      await store.flush();
      expect(under.takeSteps()).toEqual(["remove"]);
      await pendingIds();
      expect(new Set(under.takeSteps())).toEqual(new Set(["pending"]));
    });
  });
}
