import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameGuard, MAX_FRAME_SIZE } from "./frame-guard.ts";
import { types } from "./rhea.ts";
import { encode } from "./sections.ts";
import { itemSpans, MAX_DEPTH, MalformedError, skipValue } from "./walk.ts";

const AMQP_HEADER = Buffer.from("AMQP\u0000\u0001\u0000\u0000", "latin1");
const SASL_HEADER = Buffer.from("AMQP\u0003\u0001\u0000\u0000", "latin1");

function frameOf(descriptor: number, fields: readonly unknown[], type = 0): Buffer {
  const body = encode(types.described(types.wrap_ulong(descriptor), types.wrap_list(fields)));
  const head = Buffer.from([0, 0, 0, 0, 2, type, 0, 0]);
  head.writeUInt32BE(8 + body.length);
  return Buffer.concat([head, body]);
}

const OPEN = frameOf(0x10, ["container"]);
const DISPOSITION = (first: number, last: number) =>
  frameOf(0x15, [true, types.wrap_uint(first), types.wrap_uint(last)]);

const passes = (...frames: readonly Buffer[]): boolean => {
  const bytes = Buffer.concat([AMQP_HEADER, ...frames]);
  return Buffer.concat(createFrameGuard().push(bytes)).equals(bytes);
};

/** Within what rhea reads back as a number; it has no negative zero. */
const number = fc.double({ noNaN: true, min: -1e12, max: 1e12 }).map((one) => one + 0);

/** Any value that AMQP can tell. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string(),
    number,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 5 }),
  ),
})).value;

describe("walking over values", () => {
  it("ends exactly behind whatever rhea encodes, and at each of its items", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const bytes = encode(types.wrap_list(values));
        expect(skipValue(bytes, 0, bytes.length)).toBe(bytes.length);
        expect(itemSpans(bytes, 0, bytes.length).map(([start, end]) => bytes.subarray(start, end))).toEqual(
          values.map((one) => encode(types.wrap(one))),
        );
      }),
    );
  });

  it("refuses a value that is cut short anywhere", () => {
    fc.assert(
      fc.property(value, fc.nat(), (one, cut) => {
        const bytes = encode(types.wrap(one));
        const end = cut % bytes.length;
        expect(() => skipValue(bytes.subarray(0, end), 0, end)).toThrow(MalformedError);
      }),
    );
  });

  it("takes any bytes, or refuses them as malformed, without reading beyond the end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(skipValue(Buffer.from(bytes), 0, bytes.length)).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
    );
  });

  it("stops at a depth that rhea's recursion survives", () => {
    const nested = (depth: number): Buffer =>
      encode(
        Array.from({ length: depth }).reduce<unknown>((inner) => types.wrap_list([inner]), types.wrap(1)),
      );
    const shallow = nested(MAX_DEPTH - 1);
    expect(skipValue(shallow, 0, shallow.length)).toBe(shallow.length);
    const deep = nested(MAX_DEPTH + 1);
    expect(() => skipValue(deep, 0, deep.length)).toThrow(/nested deeper/);
  });
});

describe("the frame guard", () => {
  it("lets the same bytes through, however they are cut", () => {
    const stream = Buffer.concat([
      SASL_HEADER,
      frameOf(0x41, [types.wrap_symbol("ANONYMOUS")], 1),
      AMQP_HEADER,
      OPEN,
      OPEN,
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const guard = createFrameGuard();
        const through: Buffer[] = [];
        let offset = 0;
        for (const size of [...sizes, stream.length]) {
          through.push(...guard.push(stream.subarray(offset, offset + size)));
          offset = Math.min(offset + size, stream.length);
        }
        expect(Buffer.concat(through)).toEqual(stream);
      }),
    );
  });

  it("gives only whole frames", () => {
    const guard = createFrameGuard();
    guard.push(AMQP_HEADER);
    expect(guard.push(OPEN.subarray(0, 10))).toEqual([]);
    expect(guard.push(OPEN.subarray(10))).toEqual([OPEN]);
  });

  it("parts what comes behind SASL, which rhea must not see in one piece", () => {
    const sasl = Buffer.concat([SASL_HEADER, frameOf(0x41, [types.wrap_symbol("ANONYMOUS")], 1)]);
    const amqp = Buffer.concat([AMQP_HEADER, OPEN]);
    expect(createFrameGuard().push(Buffer.concat([sasl, amqp]))).toEqual([sasl, amqp]);
  });

  it.each([
    ["bytes that are no AMQP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a frame before the header", OPEN],
    ["a second header", Buffer.concat([AMQP_HEADER, AMQP_HEADER])],
    ["a frame that is too large", Buffer.concat([AMQP_HEADER, Buffer.from([0, 1, 0, 1, 2, 0, 0, 0])])],
    ["a frame that is too small", Buffer.concat([AMQP_HEADER, Buffer.from([0, 0, 0, 7, 2, 0, 0, 0])])],
    ["an unknown performative", Buffer.concat([AMQP_HEADER, frameOf(0x19, [])])],
    ["a field of the wrong type", Buffer.concat([AMQP_HEADER, frameOf(0x10, [1])])],
    ["a missing field", Buffer.concat([AMQP_HEADER, frameOf(0x15, [true])])],
    ["too many fields", Buffer.concat([AMQP_HEADER, frameOf(0x17, [null, null])])],
    ["a disposition over billions", Buffer.concat([AMQP_HEADER, DISPOSITION(0, 4_294_967_295)])],
  ])("refuses %s", (_, bytes) => {
    expect(() => createFrameGuard().push(bytes)).toThrow(MalformedError);
  });

  it("lets ordinary frames and heartbeats through", () => {
    expect(passes(OPEN, Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]), DISPOSITION(5, 2000))).toBe(true);
    const transfer = frameOf(0x14, [types.wrap_uint(0), types.wrap_uint(0), Buffer.from("t")]);
    const payload = Buffer.alloc(MAX_FRAME_SIZE - transfer.length);
    const full = Buffer.concat([transfer, payload]);
    full.writeUInt32BE(full.length);
    expect(passes(full)).toBe(true);
  });
});
