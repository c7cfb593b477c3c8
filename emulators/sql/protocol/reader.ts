import { sqlError } from "../errors/sql-error.ts";

/** Reads a message's bytes; past the end it throws 17836, which ends the connection. */
export interface Reader {
  readonly left: () => number;
  u8(): number;
  u16(): number;
  u32(): number;
  i32(): number;
  u64(): bigint;
  bytes(length: number): Buffer;
  /** UTF-16 text of so many characters. */
  text(characters: number): string;
  skip(length: number): void;
}

export function readerOf(buffer: Buffer): Reader {
  let at = 0;
  const take = (length: number): number => {
    if (length < 0 || at + length > buffer.length)
      throw sqlError(17836, `${length} more bytes were expected, but ${buffer.length - at} are left.`);
    const from = at;
    at += length;
    return from;
  };
  return {
    left: () => buffer.length - at,
    u8: () => buffer.readUInt8(take(1)),
    u16: () => buffer.readUInt16LE(take(2)),
    u32: () => buffer.readUInt32LE(take(4)),
    i32: () => buffer.readInt32LE(take(4)),
    u64: () => buffer.readBigUInt64LE(take(8)),
    bytes(length) {
      const from = take(length);
      return buffer.subarray(from, from + length);
    },
    text(characters) {
      const from = take(characters * 2);
      return buffer.toString("utf16le", from, from + characters * 2);
    },
    skip: (length) => void take(length),
  };
}
