import { sqlError } from "../errors/sql-error.ts";
import { findCycle } from "./deadlock.ts";
import { combined, compatible, type Mode } from "./modes.ts";
import type { LockManager, Owner, Resource, Waiter } from "./owner.ts";

interface Lock {
  readonly holders: Map<Owner, Mode>;
  readonly queue: Waiter[];
}

export function lockManager(): LockManager {
  const locks = new Map<Resource, Lock>();
  const waiting = new Map<Owner, Waiter>();

  const lockOf = (resource: Resource): Lock => {
    let lock = locks.get(resource);
    if (lock === undefined) {
      lock = { holders: new Map(), queue: [] };
      locks.set(resource, lock);
    }
    return lock;
  };

  const blockers = (
    lock: Lock,
    { owner, mode }: Pick<Waiter, "owner" | "mode">,
    ahead: readonly Waiter[],
  ): Owner[] => {
    const wanted = wantedMode(lock, owner, mode);
    const found: Owner[] = [];
    for (const [holder, held] of lock.holders)
      if (holder !== owner && !compatible(wanted, held)) found.push(holder);
    // Who holds the lock already may pass the queue to strengthen it; others wait their turn.
    if (!lock.holders.has(owner))
      for (const other of ahead)
        if (other.owner !== owner && !compatible(mode, other.mode)) found.push(other.owner);
    return found;
  };

  const wantedMode = (lock: Lock, owner: Owner, mode: Mode): Mode => {
    const held = lock.holders.get(owner);
    return held === undefined ? mode : combined(held, mode);
  };

  const grant = (lock: Lock, resource: Resource, owner: Owner, mode: Mode): void => {
    const wanted = wantedMode(lock, owner, mode);
    lock.holders.set(owner, wanted);
    owner.held.set(resource, wanted);
  };

  const tryAcquire: LockManager["tryAcquire"] = (owner, resource, mode) => {
    const held = owner.held.get(resource);
    if (held !== undefined && combined(held, mode) === held) return true;
    const lock = lockOf(resource);
    if (blockers(lock, { owner, mode }, lock.queue).length > 0) return false;
    grant(lock, resource, owner, mode);
    return true;
  };

  /** Grants what can be granted now, in order; forgets the resource if nobody is left. */
  const advance = (resource: Resource): void => {
    const lock = locks.get(resource);
    if (lock === undefined) return;
    for (let i = 0; i < lock.queue.length; ) {
      const waiter = lock.queue[i];
      if (waiter !== undefined && blockers(lock, waiter, lock.queue.slice(0, i)).length === 0) {
        lock.queue.splice(i, 1);
        waiting.delete(waiter.owner);
        grant(lock, resource, waiter.owner, waiter.mode);
        waiter.grant();
      } else i++;
    }
    if (lock.holders.size === 0 && lock.queue.length === 0) locks.delete(resource);
  };

  const leave = (waiter: Waiter, error: Error): void => {
    const lock = locks.get(waiter.resource);
    const index = lock?.queue.indexOf(waiter) ?? -1;
    if (lock === undefined || index === -1) return;
    lock.queue.splice(index, 1);
    waiting.delete(waiter.owner);
    waiter.fail(error);
    advance(waiter.resource);
  };

  const blockersOf = (owner: Owner): Owner[] => {
    const waiter = waiting.get(owner);
    const lock = waiter && locks.get(waiter.resource);
    if (waiter === undefined || lock === undefined) return [];
    return blockers(lock, waiter, lock.queue.slice(0, lock.queue.indexOf(waiter)));
  };

  const breakDeadlocks = (start: Owner): void => {
    for (;;) {
      const cycle = findCycle(start, blockersOf);
      if (cycle === undefined) return;
      const victim = cycle.reduce((a, b) =>
        b.priority < a.priority || (b.priority === a.priority && b.cost() < a.cost()) ? b : a,
      );
      const waiter = waiting.get(victim);
      if (waiter === undefined) return;
      leave(waiter, sqlError(1205, victim.spid, "lock"));
    }
  };

  return {
    tryAcquire,
    acquire(owner, resource, mode, timeout) {
      if (tryAcquire(owner, resource, mode)) return undefined;
      if (timeout <= 0) throw sqlError(1222);
      const lock = lockOf(resource);
      let timer: NodeJS.Timeout | undefined;
      let cancel = (_error: Error): void => {};
      const promise = new Promise<void>((resolve, reject) => {
        const waiter: Waiter = {
          owner,
          resource,
          mode,
          grant() {
            clearTimeout(timer);
            resolve();
          },
          fail(error) {
            clearTimeout(timer);
            reject(error);
          },
        };
        cancel = (error) => leave(waiter, error);
        lock.queue.push(waiter);
        waiting.set(owner, waiter);
        if (Number.isFinite(timeout)) timer = setTimeout(() => leave(waiter, sqlError(1222)), timeout);
      });
      // The victim may be this very request, before anybody awaits it.
      promise.catch(() => {});
      breakDeadlocks(owner);
      return { promise, cancel };
    },
    restore(owner, resource, before) {
      const lock = locks.get(resource);
      if (lock === undefined || !lock.holders.has(owner)) return;
      if (before === undefined) {
        lock.holders.delete(owner);
        owner.held.delete(resource);
      } else {
        lock.holders.set(owner, before);
        owner.held.set(resource, before);
      }
      advance(resource);
    },
    releaseAll(owner) {
      const resources = [...owner.held.keys()];
      owner.held.clear();
      for (const resource of resources) locks.get(resource)?.holders.delete(owner);
      for (const resource of resources) advance(resource);
    },
    isUsed: (resource) => locks.has(resource),
    counts: () => ({ resources: locks.size, waiting: waiting.size }),
  };
}
