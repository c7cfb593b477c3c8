import type { FaultKind } from "../faults.ts";
import type { Sabotage } from "../sabotage.ts";
import type { Load, Mode, Variant } from "../variant.ts";

/** A rule, broken in the real code's surroundings, and where to look for what comes of it. */
export interface BrokenRule {
  /** To name it on the command line. */
  readonly name: string;
  /** Number in shared/exactly-once/README.md. */
  readonly rule: number;
  readonly what: string;
  /** Made anew for each schedule. */
  readonly sabotage: () => Sabotage;
  /** Where the rule is needed: elsewhere breaking it does no harm. The harm must show in each of these modes. */
  readonly modes: readonly Mode[];
  /** The rest of the situation, where not all of them need to be searched. */
  readonly where?: Partial<Pick<Variant, "path" | "entry" | "instances">> & { readonly load?: Load };
  /** What can go wrong, where a search of everything takes too long or would find something else. */
  readonly kinds?: readonly FaultKind[];
}

export const bothModes: readonly Mode[] = ["fence", "deadline"];

export const withStore = <Its extends { readonly store: object }>(
  its: Its,
  store: Partial<Its["store"]>,
): Its => ({
  ...its,
  store: { ...its.store, ...store },
});

/** A different id each time, of the same form: a counter does, since only difference matters. */
export function freshIds(): () => string {
  let made = 0;
  return () => `ffffffff-0000-4000-8000-${String(++made).padStart(12, "0")}`;
}

/** What sends and does not wait for an answer. */
export const withoutWaiting =
  <Arguments extends unknown[]>(send: (...what: Arguments) => Promise<void>) =>
  async (...what: Arguments): Promise<void> =>
    void send(...what).catch(() => {});
