import { createHash } from "node:crypto";

/** Numbers from 0 to 1 that a text decides: xorshift32 (Marsaglia, 2003) from the text's hash. */
export function random(seed: string): () => number {
  let state = createHash("sha256").update(seed).digest().readUInt32LE() || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
