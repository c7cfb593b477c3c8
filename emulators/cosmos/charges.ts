import type { Json } from "./json.ts";

/**
 * Request charges, in request units (RU). Points and terms: "Understand request units consumption" (2026);
 * between two points the charge is linear, below 1 KB it is that of 1 KB, above 2 MB nothing is stored.
 */
const KB = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];
const READ = [1.0, 1.04, 1.14, 1.33, 1.67, 2.19, 4.76, 9.95, 20.28, 40.95, 145.9, 291.8];
const WRITE = [4.95, 6.29, 6.67, 7.04, 9.52, 11.23, 22.67, 48.19, 98.29, 184.57, 625, 1250];

/** Settings that the published figures leave open. */
const TERMS = {
  /** Index terms of one scalar: fitted to the charges measured in "How to model and partition data". */
  perScalar: 2.5,
  /** RU to write one term when an item comes or goes, and when it changes. */
  write: 0.2,
  change: 0.4,
  /** RU of each operation of a patch, beside the replace that it is. */
  patchOperation: 0.4,
} as const;

/** Charges that do not depend on a size. */
export const FIXED = {
  readMissing: 1.0,
  rejectedWrite: 1.24,
  emptyFeed: 1.0,
  metadataRead: 1.0,
  metadataWrite: 4.95,
  queryPlan: 1.0,
} as const;

/** A query in one partition: its base, each document loaded, each KB loaded (fitted). */
const QUERY = { base: 2.3, document: 0.12, kilobyte: 0.09 } as const;

/** Reading an item of so many bytes. */
export const readCharge = (bytes: number): number => interpolate(READ, bytes);

/** Creating or deleting an item of so many bytes and indexed scalars. */
export const writeCharge = (bytes: number, scalars: number): number =>
  interpolate(WRITE, bytes) + TERMS.write * TERMS.perScalar * scalars;

/** Replacing one version by another; `changedScalars` counts indexed ones that came, went or changed. */
export const replaceCharge = (oldBytes: number, newBytes: number, changedScalars: number): number =>
  interpolate(WRITE, oldBytes) +
  interpolate(WRITE, newBytes) +
  TERMS.change * TERMS.perScalar * changedScalars;

/** What a patch costs beside the replace. */
export const patchSurcharge = (operations: number): number => TERMS.patchOperation * operations;

/** A query that loaded so many documents and bytes. */
export const queryCharge = (documents: number, bytes: number): number =>
  QUERY.base + QUERY.document * documents + (QUERY.kilobyte * bytes) / 1024;

/** How many entries of two maps of indexed scalars differ. */
export function changedTerms(before: ReadonlyMap<string, Json>, after: ReadonlyMap<string, Json>): number {
  let changed = 0;
  for (const [name, value] of after) if (!before.has(name) || before.get(name) !== value) changed += 1;
  for (const name of before.keys()) if (!after.has(name)) changed += 1;
  return changed;
}

function interpolate(charges: readonly number[], bytes: number): number {
  const kb = Math.max(1, bytes / 1024);
  const above = KB.findIndex((point) => kb <= point);
  const right = above === -1 ? KB.length - 1 : Math.max(1, above);
  const [x0 = 0, x1 = 1] = KB.slice(right - 1, right + 1);
  const [y0 = 0, y1 = 0] = charges.slice(right - 1, right + 1);
  return y0 + ((kb - x0) / (x1 - x0)) * (y1 - y0);
}
