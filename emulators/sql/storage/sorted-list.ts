import { compareKeyLists, type Key } from "../types/compare.ts";

/** An index's entry: a key and the row it leads to. */
export interface Entry<T> {
  readonly key: readonly Key[];
  readonly item: T;
}

const CHUNK = 256;

/** Entries in the order of their keys, in chunks, so that an insertion moves little. */
export interface SortedList<T extends { readonly id: number }> {
  add(key: readonly Key[], item: T): void;
  remove(key: readonly Key[], item: T): void;
  /** Read while nothing is added or removed. Entries from `low` to `high`, both prefixes of keys and both included; undefined is open. */
  range(low: readonly Key[] | undefined, high: readonly Key[] | undefined): Iterable<Entry<T>>;
  size(): number;
}

export function sortedList<T extends { readonly id: number }>(): SortedList<T> {
  const chunks: Entry<T>[][] = [];
  let count = 0;

  const order = (a: Entry<T>, key: readonly Key[], id: number): number =>
    compareKeyLists(a.key, key) || a.item.id - id;

  /** The first chunk whose last entry is not before (key, id). */
  const chunkFor = (key: readonly Key[], id: number): number => {
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = chunks[middle]?.at(-1);
      if (last !== undefined && order(last, key, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const placeIn = (chunk: Entry<T>[], key: readonly Key[], id: number): number => {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = chunk[middle];
      if (entry !== undefined && order(entry, key, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    add(key, item) {
      if (chunks.length === 0) chunks.push([]);
      const at = Math.min(chunkFor(key, item.id), chunks.length - 1);
      const chunk = chunks[at] ?? [];
      const place = placeIn(chunk, key, item.id);
      const present = chunk[place];
      if (present !== undefined && order(present, key, item.id) === 0) return;
      chunk.splice(place, 0, { key, item });
      count++;
      if (chunk.length > CHUNK * 2) chunks.splice(at + 1, 0, chunk.splice(CHUNK));
    },
    remove(key, item) {
      const at = chunkFor(key, item.id);
      const chunk = chunks[at];
      if (chunk === undefined) return;
      const place = placeIn(chunk, key, item.id);
      const present = chunk[place];
      if (present === undefined || order(present, key, item.id) !== 0) return;
      chunk.splice(place, 1);
      count--;
      if (chunk.length === 0) chunks.splice(at, 1);
    },
    *range(low, high) {
      let at = low === undefined ? 0 : chunkFor(low, -1);
      let place = low === undefined ? 0 : placeIn(chunks[at] ?? [], low, -1);
      for (; at < chunks.length; at++, place = 0) {
        const chunk = chunks[at] ?? [];
        for (; place < chunk.length; place++) {
          const entry = chunk[place];
          if (entry === undefined || (high !== undefined && compareKeyLists(entry.key, high) > 0)) return;
          yield entry;
        }
      }
    },
    size: () => count,
  };
}
