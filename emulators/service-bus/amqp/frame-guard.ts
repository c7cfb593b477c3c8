import { AMQP_PERFORMATIVES, type Performative, SASL_PERFORMATIVES } from "./performatives.ts";
import { itemSpans, MalformedError, readDescriptor, skipValue } from "./walk.ts";

/** Advertised in `open`, as Azure does: a larger message comes in several transfers. */
export const MAX_FRAME_SIZE = 65_536;

/** rhea walks over every id in a disposition's range, one by one. */
const MAX_DISPOSITION_RANGE = 65_536;

const HEADER_SIZE = 8;
const TYPE_AMQP = 0;
const TYPE_SASL = 1;
const DISPOSITION = 21;

/** Cuts a connection's bytes into whole frames. */
export interface FrameGuard {
  /**
   * The frames that are now whole and checked, in one piece, or in two if AMQP's protocol header follows SASL.
   * @throws MalformedError
   */
  push(chunk: Buffer): readonly Buffer[];
}

/**
 * Stands before rhea's parser, which trusts sizes, counts, types and ranges: only frames that are well-formed, of
 * a size, depth and type that rhea can take, get through.
 */
export function createFrameGuard(): FrameGuard {
  let rest: Buffer = Buffer.alloc(0);
  /** Protocol headers yet to come: one, or SASL's and then AMQP's. */
  let headers = 2;

  const next = (buffer: Buffer, offset: number): number => {
    if (buffer.length - offset < HEADER_SIZE) return offset;
    if (isHeader(buffer, offset)) {
      if (headers === 0) throw new MalformedError("A protocol header came where a frame was expected.");
      headers = buffer[offset + 4] === 3 ? headers - 1 : 0;
      return offset + HEADER_SIZE;
    }
    if (headers === 2) throw new MalformedError("Expected the protocol header 'AMQP'.");
    const size = buffer.readUInt32BE(offset);
    if (size < HEADER_SIZE || size > MAX_FRAME_SIZE) {
      throw new MalformedError(`A frame of ${size} bytes; expected ${HEADER_SIZE} to ${MAX_FRAME_SIZE}.`);
    }
    if (buffer.length - offset < size) return offset;
    checkFrame(buffer, offset, offset + size);
    return offset + size;
  };

  return {
    push(chunk) {
      const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const pieces: Buffer[] = [];
      let start = 0;
      let offset = 0;
      for (let end = next(buffer, offset); end > offset; end = next(buffer, offset)) {
        if (offset > start && isHeader(buffer, offset)) {
          pieces.push(buffer.subarray(start, offset));
          start = offset;
        }
        offset = end;
      }
      if (offset > start) pieces.push(buffer.subarray(start, offset));
      rest = buffer.subarray(offset);
      return pieces;
    },
  };
}

const isHeader = (buffer: Buffer, offset: number): boolean =>
  buffer.toString("latin1", offset, offset + 4) === "AMQP";

function checkFrame(buffer: Buffer, start: number, end: number): void {
  const dataOffset = 4 * buffer.readUInt8(start + 4);
  const type = buffer.readUInt8(start + 5);
  if (dataOffset < HEADER_SIZE || start + dataOffset > end) {
    throw new MalformedError(`A frame's data offset is ${dataOffset} bytes in a frame of ${end - start}.`);
  }
  if (type !== TYPE_AMQP && type !== TYPE_SASL) throw new MalformedError(`Frame type ${type} is unknown.`);
  const body = start + dataOffset;
  // An empty frame is a heartbeat.
  if (body === end) return;
  const { code, value } = readDescriptor(buffer, body, end);
  const performative = (type === TYPE_AMQP ? AMQP_PERFORMATIVES : SASL_PERFORMATIVES)[code];
  if (performative === undefined) throw new MalformedError(`A client can't send the performative ${code}.`);
  const last = skipValue(buffer, value, end);
  checkFields(performative, buffer, itemSpans(buffer, value, last));
  if (code === DISPOSITION) checkRange(buffer, itemSpans(buffer, value, last));
}

type Spans = readonly (readonly [number, number])[];

function checkFields(performative: Performative, buffer: Buffer, spans: Spans): void {
  if (spans.length > performative.fields.length) {
    throw new MalformedError(`${performative.name} has ${spans.length} fields.`);
  }
  performative.fields.forEach(({ name, codes, mandatory }, index) => {
    const start = spans[index]?.[0];
    const code = start === undefined ? 0x40 : buffer.readUInt8(start);
    if (code === 0x40 ? mandatory : !codes.includes(code)) {
      throw new MalformedError(`${performative.name}.${name} has the type code 0x${code.toString(16)}.`);
    }
  });
}

function checkRange(buffer: Buffer, spans: Spans): void {
  const first = readUint(buffer, spans[1]) ?? 0;
  const last = readUint(buffer, spans[2]) ?? first;
  if (last - first > MAX_DISPOSITION_RANGE) {
    throw new MalformedError(`A disposition covers the deliveries ${first} to ${last}.`);
  }
}

function readUint(buffer: Buffer, span: readonly [number, number] | undefined): number | undefined {
  if (span === undefined) return undefined;
  const [start, end] = span;
  const code = buffer.readUInt8(start);
  if (code === 0x40) return undefined;
  return code === 0x43 ? 0 : buffer.readUIntBE(start + 1, end - start - 1);
}
