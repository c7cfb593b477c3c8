/** Bytes that are not AMQP 1.0, or more of it than this server takes. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

/** Deeper than anything an SDK sends, far from the end of the stack. */
export const MAX_DEPTH = 32;

/** Elements without bytes (an array of nulls) cost memory all the same. */
const MAX_EMPTY_ELEMENTS = 1024;

/** The type codes of AMQP 1.0, section 1.6; any other byte is refused. */
const TYPE_CODES: ReadonlySet<number> = new Set([
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61, 0x70, 0x71, 0x72,
  0x73, 0x74, 0x80, 0x81, 0x82, 0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0,
  0xd1, 0xe0, 0xf0,
]);

const FIXED_WIDTHS: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/**
 * The offset behind the value (its descriptor included) that starts at `offset`, checking that everything in it
 * is well-formed and lies before `end`. rhea's reader checks neither sizes nor counts nor depth.
 * @throws MalformedError
 */
export function skipValue(buffer: Buffer, offset: number, end: number, depth = 0): number {
  const { code, next } = readConstructor(buffer, offset, end, depth);
  return skipBody(buffer, code, next, end, depth);
}

interface Constructor {
  readonly code: number;
  readonly next: number;
}

function readConstructor(buffer: Buffer, offset: number, end: number, depth: number): Constructor {
  if (depth > MAX_DEPTH) throw new MalformedError(`A value is nested deeper than ${MAX_DEPTH} levels.`);
  const code = byteAt(buffer, offset, end);
  if (code !== 0x00) return { code, next: offset + 1 };
  return readConstructor(buffer, skipValue(buffer, offset + 1, end, depth + 1), end, depth + 1);
}

function skipBody(buffer: Buffer, code: number, offset: number, end: number, depth: number): number {
  if (!TYPE_CODES.has(code)) throw new MalformedError(`0x${code.toString(16)} is not an AMQP type code.`);
  const category = code >> 4;
  const fixed = FIXED_WIDTHS[category];
  if (fixed !== undefined) return within(offset + fixed, end);
  const width = category % 2 === 0 ? 1 : 4;
  const size = readSize(buffer, offset, width, end);
  const limit = within(offset + width + size, end);
  if (category <= 0xb) return limit;
  const count = readSize(buffer, offset + width, width, limit);
  const last =
    category >= 0xe
      ? skipElements(buffer, offset + 2 * width, limit, count, depth)
      : skipItems(buffer, offset + 2 * width, limit, count, depth);
  if (last !== limit)
    throw new MalformedError(`A compound value of ${size} bytes holds other than ${count} items.`);
  return limit;
}

function skipItems(buffer: Buffer, start: number, limit: number, count: number, depth: number): number {
  let offset = start;
  for (let item = 0; item < count; item += 1) offset = skipValue(buffer, offset, limit, depth + 1);
  return offset;
}

function skipElements(buffer: Buffer, start: number, limit: number, count: number, depth: number): number {
  const { code, next } = readConstructor(buffer, start, limit, depth + 1);
  if (code >> 4 === 4 && count > MAX_EMPTY_ELEMENTS) {
    throw new MalformedError(
      `An array has ${count} elements without bytes, more than ${MAX_EMPTY_ELEMENTS}.`,
    );
  }
  let offset = next;
  for (let item = 0; item < count; item += 1) offset = skipBody(buffer, code, offset, limit, depth + 1);
  return offset;
}

function readSize(buffer: Buffer, offset: number, width: number, end: number): number {
  within(offset + width, end);
  return width === 1 ? buffer.readUInt8(offset) : buffer.readUInt32BE(offset);
}

function byteAt(buffer: Buffer, offset: number, end: number): number {
  within(offset + 1, end);
  return buffer.readUInt8(offset);
}

function within(offset: number, end: number): number {
  if (offset > end) throw new MalformedError("A value reaches beyond its frame.");
  return offset;
}

/** A value's descriptor as a number, and where the value itself starts; the value must have a numeric one. */
export function readDescriptor(buffer: Buffer, offset: number, end: number): { code: number; value: number } {
  if (byteAt(buffer, offset, end) === 0x00) {
    const type = byteAt(buffer, offset + 1, end);
    if (type === 0x53) return { code: byteAt(buffer, offset + 2, end), value: offset + 3 };
    if (type === 0x80) {
      within(offset + 10, end);
      return { code: Number(buffer.readBigUInt64BE(offset + 2)), value: offset + 10 };
    }
  }
  throw new MalformedError("Expected a value described by a number.");
}

/** The items of a list or map as [start, end) pairs. The value must have been checked by `skipValue`. */
export function itemSpans(
  buffer: Buffer,
  offset: number,
  end: number,
): readonly (readonly [number, number])[] {
  const code = byteAt(buffer, offset, end);
  if (code === 0x45) return [];
  const category = code >> 4;
  if (category !== 0xc && category !== 0xd) throw new MalformedError("Expected a list or map.");
  const width = category === 0xc ? 1 : 4;
  const count = readSize(buffer, offset + 1 + width, width, end);
  const spans: [number, number][] = [];
  let start = offset + 1 + 2 * width;
  for (let item = 0; item < count; item += 1) {
    const next = skipValue(buffer, start, end);
    spans.push([start, next]);
    start = next;
  }
  return spans;
}
