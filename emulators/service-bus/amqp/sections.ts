import { SECTION } from "./message-format.ts";
import { types } from "./rhea.ts";
import { itemSpans, MalformedError, readDescriptor, skipValue } from "./walk.ts";

/** An encoded message cut into its sections: the values' bytes, without the sections' descriptors. */
export interface Sections {
  readonly header: Buffer | undefined;
  readonly messageAnnotations: Buffer | undefined;
  readonly properties: Buffer | undefined;
  readonly applicationProperties: Buffer | undefined;
  /** Body and footer as they are, descriptors included. */
  readonly body: Buffer;
}

/** @throws MalformedError */
export function splitSections(content: Buffer): Sections {
  const found = new Map<number, Buffer>();
  let body = content.length;
  for (let offset = 0; offset < content.length; ) {
    const { code, value } = readDescriptor(content, offset, content.length);
    if (code < SECTION.header || code > SECTION.footer) {
      throw new MalformedError(`0x${code.toString(16)} is not the descriptor of a message section.`);
    }
    const next = skipValue(content, value, content.length);
    if (code >= SECTION.data) body = Math.min(body, offset);
    else found.set(code, content.subarray(value, next));
    offset = next;
  }
  return {
    header: found.get(SECTION.header),
    messageAnnotations: found.get(SECTION.messageAnnotations),
    properties: found.get(SECTION.properties),
    applicationProperties: found.get(SECTION.applicationProperties),
    body: content.subarray(body),
  };
}

/** The messages in a batch. @throws MalformedError */
export function splitBatch(content: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let offset = 0; offset < content.length; ) {
    const { code, value } = readDescriptor(content, offset, content.length);
    const next = skipValue(content, value, content.length);
    if (code === SECTION.data) messages.push(binary(content, value, next));
    offset = next;
  }
  return messages;
}

function binary(content: Buffer, start: number, end: number): Buffer {
  const code = content[start];
  if (code === 0xa0) return content.subarray(start + 2, end);
  if (code === 0xb0) return content.subarray(start + 5, end);
  throw new MalformedError("A data section must hold binary.");
}

/** A list section's fields, null ones undefined. */
export function readList(value: Buffer | undefined): readonly unknown[] {
  const read = value === undefined ? [] : types.unwrap(new types.Reader(value).read());
  return Array.isArray(read) ? read.map((field: unknown) => plain(field) ?? undefined) : [];
}

/** A map section's entries. */
export function readMap(value: Buffer | undefined): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  return Object.fromEntries(
    mapPairs(value).map(([key, , item]) => [key, plain(types.unwrap(new types.Reader(item).read()))]),
  );
}

const plain = (value: unknown): unknown => types.unwrap(value);

/** A map's pairs as [key, bytes of key and value, bytes of the value]. */
function mapPairs(value: Buffer): readonly (readonly [string, Buffer, Buffer])[] {
  const spans = itemSpans(value, 0, value.length);
  const pairs: [string, Buffer, Buffer][] = [];
  for (let index = 0; index + 1 < spans.length; index += 2) {
    const [start, middle] = spans[index] ?? [0, 0];
    const [, end] = spans[index + 1] ?? [0, 0];
    const key = String(types.unwrap(new types.Reader(value.subarray(start, middle)).read()));
    pairs.push([key, value.subarray(start, end), value.subarray(middle, end)]);
  }
  return pairs;
}

/**
 * A map section with some entries replaced or added; the others keep their bytes, and so their exact types.
 * @param changes rhea's typed keys and values by name.
 */
export function patchMapSection(
  code: number,
  value: Buffer | undefined,
  changes: ReadonlyMap<string, readonly [key: unknown, value: unknown]>,
): Buffer {
  const kept = value === undefined ? [] : mapPairs(value).filter(([key]) => !changes.has(key));
  const added = encode(...[...changes.values()].flat());
  const parts = [...kept.map(([, pair]) => pair), added];
  const head = Buffer.alloc(12);
  head.set([0x00, 0x53, code, 0xd1]);
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 4),
    4,
  );
  head.writeUInt32BE(2 * (kept.length + changes.size), 8);
  return Buffer.concat([head, ...parts]);
}

/** A section with its descriptor again. */
export const section = (code: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x00, 0x53, code]), value]);

/** Encodes rhea's typed values one behind the other. */
export function encode(...values: readonly unknown[]): Buffer {
  const writer = new types.Writer();
  for (const value of values) writer.write(value);
  return writer.toBuffer();
}
