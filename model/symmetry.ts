import type { Copy, Endpoint, Worker } from "./state.ts";

/** Handlers by content, and where that is equal by the place of the copy that they hold. */
export function canonicalOrder({ handlers, queue }: Endpoint): number[] {
  const [first, second] = handlers;
  if (first === undefined || second === undefined) return handlers.map((_, index) => index);
  const place = (handler: number): number => queue.findIndex(({ owner }) => owner === handler);
  const difference = compareWorkers(first, second) || place(0) - place(1);
  return difference <= 0 ? [0, 1] : [1, 0];
}

const compareWorkers = (a: Worker, b: Worker): number =>
  a.message - b.message ||
  a.todo - b.todo ||
  a.loaded - b.loaded ||
  Number(a.stale) - Number(b.stale) ||
  a.created - b.created ||
  a.outgoing.to - b.outgoing.to ||
  a.outgoing.content - b.outgoing.content ||
  a.outgoing.variant - b.outgoing.variant ||
  a.outgoing.created - b.outgoing.created;

/** Any order will do for a set, as long as it is always the same. */
export const byContent = (a: Copy, b: Copy): number =>
  a.message - b.message ||
  a.created - b.created ||
  Number(a.again) - Number(b.again) ||
  a.deliveries - b.deliveries;
