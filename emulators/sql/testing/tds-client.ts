import { connect, type Socket } from "node:net";
import type { SqlServer } from "../index.ts";
import { PACKET } from "../protocol/constants.ts";
import { toPackets } from "../protocol/packets.ts";
import { writer } from "../protocol/writer.ts";

/** Messages as a driver makes them, to be sent bent: for tests of the guard. */

export const prelogin = (): Buffer => {
  const out = writer();
  out.u8(0).u8(0).u8(6).u8(0).u8(6).u8(0xff).bytes(Buffer.alloc(6));
  return toPackets(out.finish(), 4096, PACKET.prelogin);
};

/** LOGIN7 of a user. */
export function login(user: string, password: string, database: string): Buffer {
  const head = Buffer.alloc(94);
  head.writeUInt32LE(0x74000004, 4);
  head.writeUInt32LE(4096, 8);
  const parts: Buffer[] = [];
  let offset = head.length;
  const put = (place: number, content: Buffer): void => {
    head.writeUInt16LE(offset, place);
    head.writeUInt16LE(content.length / 2, place + 2);
    parts.push(content);
    offset += content.length;
  };
  put(40, Buffer.from(user, "utf16le"));
  const scrambled = Buffer.from(password, "utf16le").map(
    (byte) => (((byte << 4) & 0xf0) | (byte >> 4)) ^ 0xa5,
  );
  put(44, Buffer.from(scrambled));
  put(68, Buffer.from(database, "utf16le"));
  const data = Buffer.concat([head, ...parts]);
  data.writeUInt32LE(data.length, 0);
  return toPackets(data, 4096, PACKET.login);
}

const headers = (): Buffer => {
  const out = writer();
  out.u32(22).u32(18).u16(2).u64(0n).u32(1);
  return out.finish();
};

export const batch = (text: string): Buffer =>
  toPackets(Buffer.concat([headers(), Buffer.from(text, "utf16le")]), 4096, PACKET.batch);

/** sp_executesql with one int parameter. */
export function rpc(text: string, value: number): Buffer {
  const out = writer();
  out.bytes(headers()).u16(0xffff).u16(10).u16(0);
  const nvarchar = (content: string): void => {
    out
      .u8(0)
      .u8(0)
      .u8(0xe7)
      .u16(8000)
      .bytes(Buffer.alloc(5))
      .u16(content.length * 2)
      .text(content);
  };
  nvarchar(text);
  nvarchar("@p int");
  out.text8("@p").u8(0).u8(0x26).u8(4).u8(4).u32(value);
  return toPackets(out.finish(), 4096, PACKET.rpc);
}

export function transaction(operation: number): Buffer {
  const out = writer();
  out.bytes(headers()).u16(operation).u8(0).u8(0);
  return toPackets(out.finish(), 4096, PACKET.transaction);
}

export const attention = (): Buffer => toPackets(Buffer.alloc(0), 4096, PACKET.attention);

/** A raw connection; `ended` resolves when the server has hung up or `end` was called. */
export function rawConnection(server: SqlServer): {
  socket: Socket;
  ended: Promise<void>;
  received: () => number;
} {
  const socket = connect(server.port, server.config.server);
  let bytes = 0;
  socket.on("data", (data: Buffer) => {
    bytes += data.length;
  });
  socket.on("error", () => socket.destroy());
  const ended = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  return { socket, ended, received: () => bytes };
}
