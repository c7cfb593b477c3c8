import { sqlError } from "../errors/sql-error.ts";
import { LIMITS, PACKET, STATUS } from "./constants.ts";

/** A message of the client: its packets' content together. */
export interface Message {
  readonly type: number;
  /** Status bits of the first and last packet together: reset, ignore. */
  readonly status: number;
  readonly data: Buffer;
}

/** Puts packets together to messages. Throws 17836 on a header that makes no sense. */
export interface PacketReader {
  push(bytes: Buffer): Message[];
}

/** `limit`: the most bytes of a message; less before the login. */
export function packetReader(limit: () => number): PacketReader {
  let rest: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let size = 0;
  let status = 0;
  let current: number | undefined;

  return {
    push(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const messages: Message[] = [];
      while (rest.length >= 8) {
        const length = rest.readUInt16BE(2);
        const type = rest.readUInt8(0);
        if (length < 8 || length > LIMITS.packet)
          throw sqlError(17836, `A packet has a length of ${length}.`);
        if (!KNOWN.has(type)) throw sqlError(17836, `A packet has the type 0x${type.toString(16)}.`);
        if (current !== undefined && type !== current && type !== PACKET.attention)
          throw sqlError(
            17836,
            `A packet of type 0x${type.toString(16)} came within a message of type 0x${current.toString(16)}.`,
          );
        if (rest.length < length) break;
        const bits = rest.readUInt8(1);
        const content = rest.subarray(8, length);
        rest = rest.subarray(length);
        if (type === PACKET.attention) {
          messages.push({ type, status: bits, data: Buffer.alloc(0) });
          continue;
        }
        current = type;
        status |= bits;
        size += content.length;
        if (size > limit()) throw sqlError(17836, `A message is longer than ${limit()} bytes.`);
        parts.push(content);
        if ((bits & STATUS.endOfMessage) === 0) continue;
        messages.push({ type, status, data: parts.length === 1 ? content : Buffer.concat(parts) });
        parts = [];
        size = 0;
        status = 0;
        current = undefined;
      }
      return messages;
    },
  };
}

const KNOWN = new Set<number>(Object.values(PACKET).filter((type) => type !== PACKET.response));

/** Cuts a response into packets. */
export function toPackets(data: Buffer, packetSize: number, type: number = PACKET.response): Buffer {
  const room = packetSize - 8;
  const count = Math.max(1, Math.ceil(data.length / room));
  const packets: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const content = data.subarray(i * room, (i + 1) * room);
    const header = Buffer.alloc(8);
    header.writeUInt8(type, 0);
    header.writeUInt8(i === count - 1 ? STATUS.endOfMessage : 0, 1);
    header.writeUInt16BE(content.length + 8, 2);
    header.writeUInt8((i + 1) & 0xff, 6);
    packets.push(header, content);
  }
  return Buffer.concat(packets);
}
