/** How long things are remembered and tolerated. All in milliseconds. */
export interface Retention {
  /** R: an inbox record lives at least this long after its message was made. */
  readonly retention: number;
  /** S: allowed difference between any two clocks. */
  readonly skew: number;
  /** Distance from R at which a message without a record is refused; larger than S (5). */
  readonly margin: number;
}

/** Created further in the future than clocks may differ: its record would be forgotten too early (2). */
export const isFuture = (createdAt: number, now: number, { skew }: Retention): boolean =>
  createdAt > now + skew;

/**
 * Without a record, a message this old may have been processed and forgotten (8): nobody can tell, so it must
 * not be processed.
 */
export const isTooOld = (createdAt: number, now: number, { retention, margin }: Retention): boolean =>
  now - createdAt > retention - margin;

/** How long a record must be kept when it is committed at `now` (12): until max(commit, createdAt) + R, by any clock. */
export const keepRecordFor = (createdAt: number, now: number, { retention, skew }: Retention): number =>
  retention + skew + Math.max(0, createdAt - now);
