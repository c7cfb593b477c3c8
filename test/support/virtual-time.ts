import type { Surroundings } from "../../shared/exactly-once/contracts.ts";

/** A clock that stands still unless somebody sleeps or moves it, and a random source with a seed. */
export function virtualTime(
  start = Date.parse("2026-03-01T12:00:00Z"),
  seed = 1,
): Surroundings & { advance(milliseconds: number): void } {
  let time = start;
  let state = seed;
  return {
    now: () => time,
    // mulberry32: small, and good enough to spread waits.
    random() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    async sleep(milliseconds) {
      time += milliseconds;
    },
    advance(milliseconds) {
      time += milliseconds;
    },
  };
}
