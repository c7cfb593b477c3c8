/** Builds a message; texts are UTF-16. */
export interface Writer {
  u8(value: number): Writer;
  u16(value: number): Writer;
  u32(value: number): Writer;
  u64(value: bigint): Writer;
  bytes(value: Uint8Array): Writer;
  text(value: string): Writer;
  /** A text after its length in characters, in one byte or two. */
  text8(value: string): Writer;
  text16(value: string): Writer;
  finish(): Buffer;
}

export function writer(): Writer {
  let buffer = Buffer.alloc(256);
  let length = 0;
  const room = (more: number): number => {
    if (length + more > buffer.length) {
      const grown = Buffer.alloc(Math.max(buffer.length * 2, length + more));
      buffer.copy(grown, 0, 0, length);
      buffer = grown;
    }
    const at = length;
    length += more;
    return at;
  };
  const self: Writer = {
    u8(value) {
      const at = room(1);
      buffer.writeUInt8(value, at);
      return self;
    },
    u16(value) {
      const at = room(2);
      buffer.writeUInt16LE(value, at);
      return self;
    },
    u32(value) {
      const at = room(4);
      buffer.writeUInt32LE(value, at);
      return self;
    },
    u64(value) {
      const at = room(8);
      buffer.writeBigUInt64LE(value, at);
      return self;
    },
    bytes(value) {
      const at = room(value.length);
      buffer.set(value, at);
      return self;
    },
    text: (value) => self.bytes(Buffer.from(value, "utf16le")),
    text8(value) {
      const cut = value.slice(0, 255);
      return self.u8(cut.length).text(cut);
    },
    text16(value) {
      const cut = value.slice(0, 20_000);
      return self.u16(cut.length).text(cut);
    },
    finish: () => buffer.subarray(0, length),
  };
  return self;
}
