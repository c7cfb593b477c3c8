/** A place in bytes at which small numbers are written and read. */
export function byteCursor() {
  let bytes: Uint8Array = new Uint8Array(0);
  let position = 0;

  const put = (value: number): void => {
    bytes[position++] = value;
  };
  const take = (): number => bytes[position++] ?? 0;

  return {
    put,
    take,
    /** Writes a set of bits in as many bytes as it needs, the lowest first. */
    putBits(value: number, width: number): void {
      for (let done = 0; done < width; done += 8) put((value >>> done) & 255);
    },
    takeBits(width: number): number {
      let value = 0;
      for (let done = 0; done < width; done += 8) value |= take() << done;
      return value;
    },
    goTo(place: Uint8Array, start: number): void {
      bytes = place;
      position = start;
    },
    position: (): number => position,
  };
}

export function listOf<T>(length: number, element: () => T): T[] {
  const list: T[] = [];
  for (let index = 0; index < length; index++) list.push(element());
  return list;
}

export function listOfBits(bits: number, length: number): number[] {
  const list: number[] = [];
  for (let index = 0; index < length; index++) list.push((bits >> index) & 1);
  return list;
}

export function setOf(flags: readonly number[]): number {
  let set = 0;
  for (let index = 0; index < flags.length; index++) if (flags[index] !== 0) set |= 1 << index;
  return set;
}
