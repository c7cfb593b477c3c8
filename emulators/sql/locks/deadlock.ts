import type { Owner } from "./owner.ts";

/** Follows "waits for" from an owner; the owners of a cycle through it, or undefined. */
export function findCycle(start: Owner, blockersOf: (owner: Owner) => Owner[]): Owner[] | undefined {
  const visited = new Set<Owner>();
  const path: Owner[] = [];
  const visit = (owner: Owner): boolean => {
    if (owner === start && path.length > 0) return true;
    if (visited.has(owner)) return false;
    visited.add(owner);
    path.push(owner);
    if (blockersOf(owner).some(visit)) return true;
    path.pop();
    return false;
  };
  return visit(start) ? path : undefined;
}
