/** A binary min-heap. */
export interface Heap<T> {
  readonly size: number;
  peek(): T | undefined;
  pop(): T | undefined;
  push(item: T): void;
  /** Keeps only what `keep` accepts, in O(n). */
  retain(keep: (item: T) => boolean): void;
}

/** Creates a heap whose `pop` gives the item that `before` puts first. */
export function createHeap<T>(before: (a: T, b: T) => boolean): Heap<T> {
  let items: T[] = [];

  const up = (start: number, item: T): void => {
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex] as T;
      if (!before(item, parent)) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = item;
  };

  const down = (start: number, item: T): void => {
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child += 1;
      const least = items[child] as T;
      if (!before(least, item)) break;
      items[index] = least;
      index = child;
    }
    items[index] = item;
  };

  return {
    get size() {
      return items.length;
    },
    peek: () => items[0],
    push: (item) => up(items.length, item),
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) down(0, last);
      return first;
    },
    retain(keep) {
      items = items.filter(keep);
      for (let index = (items.length >> 1) - 1; index >= 0; index -= 1) down(index, items[index] as T);
    },
  };
}
