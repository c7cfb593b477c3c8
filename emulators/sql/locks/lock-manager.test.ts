import { describe, expect, it } from "vitest";
import { lockManager } from "./lock-manager.ts";
import type { Owner } from "./owner.ts";

const owner = (spid: number, cost = 0, priority = 0): Owner => ({
  spid,
  priority,
  cost: () => cost,
  held: new Map(),
});
const never = Number.POSITIVE_INFINITY;

describe("lock manager", () => {
  it("gives update locks one at a time, beside shared ones", () => {
    const locks = lockManager();
    const [a, b, c] = [owner(1), owner(2), owner(3)];
    expect(locks.tryAcquire(a, "r", "S")).toBe(true);
    expect(locks.tryAcquire(b, "r", "U")).toBe(true);
    expect(locks.tryAcquire(c, "r", "U")).toBe(false);
    expect(locks.tryAcquire(b, "r", "X")).toBe(false);
    locks.releaseAll(a);
    expect(locks.tryAcquire(b, "r", "X")).toBe(true);
    expect(locks.tryAcquire(a, "r", "S")).toBe(false);
  });

  it("grants in order, so that a writer is not passed by for ever", async () => {
    const locks = lockManager();
    const [a, b, c] = [owner(1), owner(2), owner(3)];
    locks.tryAcquire(a, "r", "S");
    const writer = locks.acquire(b, "r", "X", never);
    const reader = locks.acquire(c, "r", "S", never);
    locks.releaseAll(a);
    await writer?.promise;
    expect(c.held.size).toBe(0);
    locks.releaseAll(b);
    await reader?.promise;
    expect(c.held.get("r")).toBe("S");
  });

  it("ends a cycle of three at the one with the least to undo", async () => {
    const locks = lockManager();
    const [a, b, c] = [owner(1, 5), owner(2, 1), owner(3, 9)];
    locks.tryAcquire(a, "a", "X");
    locks.tryAcquire(b, "b", "X");
    locks.tryAcquire(c, "c", "X");
    const first = locks.acquire(a, "b", "X", never);
    const victim = locks.acquire(b, "c", "X", never);
    const last = locks.acquire(c, "a", "X", never);
    await expect(victim?.promise).rejects.toMatchObject({ number: 1205 });
    locks.releaseAll(b);
    await first?.promise;
    locks.releaseAll(a);
    await last?.promise;
    locks.releaseAll(c);
    expect(locks.counts()).toEqual({ resources: 0, waiting: 0 });
  });

  it("a deadlock of two that strengthen the same lock is seen", async () => {
    const locks = lockManager();
    const [a, b] = [owner(1, 2), owner(2, 1)];
    locks.tryAcquire(a, "r", "S");
    locks.tryAcquire(b, "r", "S");
    const first = locks.acquire(a, "r", "X", never);
    const second = locks.acquire(b, "r", "X", never);
    await expect(second?.promise).rejects.toMatchObject({ number: 1205 });
    locks.releaseAll(b);
    await first?.promise;
    expect(a.held.get("r")).toBe("X");
  });

  it("tells 1222 at once or after the time-out, and forgets the waiter", async () => {
    const locks = lockManager();
    const [a, b] = [owner(1), owner(2)];
    locks.tryAcquire(a, "r", "X");
    expect(() => locks.acquire(b, "r", "S", 0)).toThrow(expect.objectContaining({ number: 1222 }));
    await expect(locks.acquire(b, "r", "S", 1)?.promise).rejects.toMatchObject({ number: 1222 });
    expect(locks.counts()).toEqual({ resources: 1, waiting: 0 });
  });
});
