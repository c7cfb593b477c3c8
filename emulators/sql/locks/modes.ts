/**
 * Lock modes. S: shared (read under a hint or a stricter isolation level). U: update (will probably write). X:
 * exclusive. IX: writes rows of this table; only tables and key ranges have it.
 */
export type Mode = "S" | "U" | "IX" | "X";

const COMPATIBLE: Record<Mode, ReadonlySet<Mode>> = {
  S: new Set(["S", "U"]),
  U: new Set(["S"]),
  IX: new Set(["IX"]),
  X: new Set(),
};

export const compatible = (a: Mode, b: Mode): boolean => COMPATIBLE[a].has(b);

const STRENGTH: Record<Mode, number> = { S: 0, U: 1, IX: 1, X: 2 };

/** The weakest mode that covers both. */
export function combined(a: Mode, b: Mode): Mode {
  if (a === b) return a;
  // S or U with IX has no name of its own here: exclusive covers it.
  if (a === "IX" || b === "IX") return "X";
  return STRENGTH[a] > STRENGTH[b] ? a : b;
}
