/** A seeded source of randomness, so that a failure can be repeated. */
export interface Random {
  /** From 0 to below the limit. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** True so many times of a hundred. */
  percent(chance: number): boolean;
  bytes(length: number): Buffer;
}

/** The mulberry32 generator. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: <T>(list: readonly T[]): T => {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error("There is nothing to pick from.");
      return picked;
    },
    percent: (chance) => below(100) < chance,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
