import { type ChangeFeedIteratorOptions, ChangeFeedStartFrom, type Container } from "@azure/cosmos";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAccount, type TestAccount } from "./testing/account.ts";

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account.close());

interface Version {
  readonly id: string;
  readonly p: string;
  readonly n: number;
  readonly _lsn: number;
}

/** One step: write (an item, or several in a batch), delete, or read the feed on by one page. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    p: fc.constantFrom("a", "b"),
    ids: fc.uniqueArray(fc.constantFrom("1", "2", "3", "4"), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("delete" as const),
    p: fc.constantFrom("a", "b"),
    id: fc.constantFrom("1", "2", "3", "4"),
  }),
  fc.record({ kind: fc.constant("read" as const), size: fc.integer({ min: 1, max: 3 }) }),
);

let containers = 0;
async function newContainer(): Promise<Container> {
  containers += 1;
  const { container } = await account.container.database.containers.create({
    id: `feed${containers}`,
    partitionKey: { paths: ["/p"] },
  });
  return container;
}

/** Reads one page from a continuation; returns the versions and where to go on. */
async function readPage(container: Container, continuation: string | undefined, size: number, p?: string) {
  const start = p === undefined ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.Beginning(p);
  const options: ChangeFeedIteratorOptions = {
    changeFeedStartFrom: continuation === undefined ? start : ChangeFeedStartFrom.Continuation(continuation),
    maxItemCount: size,
  };
  const page = await container.items.getChangeFeedIterator<Version>(options).readNext();
  return {
    versions: page.result as Version[],
    statusCode: page.statusCode,
    continuation: page.continuationToken,
  };
}

describe("the change feed", () => {
  it.each([undefined, "a"])(
    "gives each last version, in order, none twice, whatever the pages are (partition %s)",
    async (partition) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          const container = await newContainer();
          const current = new Map<string, number>();
          const seen: Version[] = [];
          let continuation: string | undefined;
          let written = 0;
          const read = async (size: number): Promise<number> => {
            const page = await readPage(container, continuation, size, partition);
            seen.push(...page.versions);
            continuation = page.continuation;
            return page.statusCode;
          };
          for (const action of steps) {
            if (action.kind === "read") await read(action.size);
            else if (action.kind === "delete") {
              if (!current.delete(`${action.p}/${action.id}`)) continue;
              await container.item(action.id, action.p).delete();
            } else {
              const operations = action.ids.map((id) => {
                written += 1;
                current.set(`${action.p}/${id}`, written);
                return { operationType: "Upsert" as const, resourceBody: { id, p: action.p, n: written } };
              });
              await container.items.batch(operations, action.p);
            }
          }
          while ((await read(2)) === 200);

          const last = new Map(seen.map(({ p, id, n }) => [`${p}/${id}`, n]));
          for (const [key, n] of current)
            if (partition === undefined || key.startsWith(`${partition}/`))
              expect([key, last.get(key)]).toEqual([key, n]);
          // No version twice, and in the order of their writing.
          expect(seen.map(({ n }) => n)).toEqual([...new Set(seen.map(({ n }) => n))].sort((a, b) => a - b));
          expect(seen.map(({ _lsn }) => _lsn)).toEqual(seen.map(({ _lsn }) => _lsn).sort((a, b) => a - b));
        }),
        { numRuns: 25 },
      );
    },
  );

  it("never tears a batch apart, however small a page is asked for", async () => {
    const container = await newContainer();
    const operations = Array.from({ length: 5 }, (_, index) => ({
      operationType: "Create" as const,
      resourceBody: { id: String(index), p: "a", n: index },
    }));
    await container.items.batch(operations, "a");
    await container.items.create({ id: "after", p: "a", n: 9 });
    const first = await readPage(container, undefined, 1);
    expect(first.versions.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4]);
    const second = await readPage(container, first.continuation, 1);
    expect(second.versions.map(({ n }) => n)).toEqual([9]);
    expect((await readPage(container, second.continuation, 1)).statusCode).toBe(304);
  });

  it("from now gives what is written from now on", async () => {
    const container = await newContainer();
    await container.items.create({ id: "before", p: "a" });
    const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Now() });
    expect((await feed.readNext()).statusCode).toBe(304);
    await container.items.create({ id: "after", p: "a" });
    expect((await feed.readNext()).result).toMatchObject([{ id: "after" }]);
  });

  it("is served to the older iterator, too, by partition key", async () => {
    const container = await newContainer();
    await container.items.create({ id: "1", p: "a" });
    await container.items.create({ id: "2", p: "b" });
    const feed = container.items.changeFeed("b", { startFromBeginning: true });
    expect((await feed.fetchNext()).result).toMatchObject([{ id: "2" }]);
    expect((await feed.fetchNext()).statusCode).toBe(304);
  });
});
