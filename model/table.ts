/** All states met so far, as bytes, with what the search knows about each. Grows; nothing is removed. */
export interface StateTable {
  readonly size: () => number;
  /** Finds or adds the state in the first `length` bytes of `bytes`. @returns its number; `added` says if it is new */
  readonly put: (bytes: Uint8Array, length: number) => number;
  /** Whether the last `put` added one. */
  readonly added: () => boolean;
  /** Where a state's bytes are: valid until the next `put`. */
  readonly bytesOf: (state: number) => { readonly bytes: Uint8Array; readonly start: number };
  readonly parentOf: (state: number) => number;
  readonly costOf: (state: number) => number;
  /** Sets how a state was reached, and what that cost. */
  readonly reach: (state: number, parent: number, cost: number) => void;
}

/** States lie in blocks, so that growing copies nothing big; none crosses a border. */
const blockBits = 22;
const blockSize = 1 << blockBits;

/**
 * A hash table of states, with open addressing. The bytes themselves are compared, not only hashes of them,
 * so that no state is taken for another. About 30 bytes a state and its own.
 */
export function stateTable(): StateTable {
  const blocks: Uint8Array[] = [new Uint8Array(blockSize)];
  let end = 0;
  let size = 0;
  let slots = new Uint32Array(1 << 12);
  let starts = new Uint32Array(1 << 11);
  let lengths = new Uint8Array(1 << 11);
  let hashes = new Uint32Array(1 << 11);
  let parents = new Uint32Array(1 << 11);
  let costs = new Uint32Array(1 << 11);
  let isNew = false;

  const startOf = (state: number): number => starts[state] ?? 0;
  const blockOf = (state: number): Uint8Array => blocks[startOf(state) >>> blockBits] ?? new Uint8Array(0);

  function same(state: number, bytes: Uint8Array, length: number): boolean {
    if (lengths[state] !== length) return false;
    const block = blockOf(state);
    const start = startOf(state) & (blockSize - 1);
    for (let i = 0; i < length; i++) if (block[start + i] !== bytes[i]) return false;
    return true;
  }

  function append(bytes: Uint8Array, length: number): void {
    if ((end & (blockSize - 1)) + length > blockSize) end = blocks.length * blockSize;
    if (end >>> blockBits === blocks.length) blocks.push(new Uint8Array(blockSize));
    const block = blocks[end >>> blockBits] ?? new Uint8Array(0);
    const start = end & (blockSize - 1);
    for (let i = 0; i < length; i++) block[start + i] = bytes[i] ?? 0;
    starts[size] = end;
    end += length;
  }

  function grow(): void {
    const more = Math.ceil(starts.length * 1.5);
    starts = enlarged(starts, new Uint32Array(more));
    lengths = enlarged(lengths, new Uint8Array(more));
    hashes = enlarged(hashes, new Uint32Array(more));
    parents = enlarged(parents, new Uint32Array(more));
    costs = enlarged(costs, new Uint32Array(more));
  }

  function rehash(): void {
    slots = new Uint32Array(slots.length * 2);
    const mask = slots.length - 1;
    for (let state = 0; state < size; state++) {
      let slot = (hashes[state] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = state + 1;
    }
  }

  function put(bytes: Uint8Array, length: number): number {
    const hash = hashOf(bytes, length);
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const found = (slots[slot] ?? 0) - 1;
      if (found < 0) break;
      if (hashes[found] === hash && same(found, bytes, length)) {
        isNew = false;
        return found;
      }
      slot = (slot + 1) & mask;
    }
    if (size === starts.length) grow();
    append(bytes, length);
    lengths[size] = length;
    hashes[size] = hash;
    slots[slot] = size + 1;
    size++;
    isNew = true;
    if (size * 3 > slots.length * 2) rehash();
    return size - 1;
  }

  return {
    size: () => size,
    put,
    added: () => isNew,
    bytesOf: (state) => ({ bytes: blockOf(state), start: startOf(state) & (blockSize - 1) }),
    parentOf: (state) => parents[state] ?? 0,
    costOf: (state) => costs[state] ?? 0,
    reach(state, parent, cost) {
      parents[state] = parent;
      costs[state] = cost;
    },
  };
}

function enlarged<T extends Uint8Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** FNV-1a, with a last mixing step: its low bits alone are too regular for a table of this size. */
function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
