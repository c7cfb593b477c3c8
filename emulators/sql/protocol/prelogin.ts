import { readerOf } from "./reader.ts";
import { writer } from "./writer.ts";

const OPTION = { version: 0, encryption: 1, instance: 2, thread: 3, mars: 4, end: 0xff } as const;
const NOT_SUPPORTED = 2;

/** What this server calls itself: 16.0, SQL Server 2022. */
export const VERSION = [16, 0, 0x03, 0xe8] as const;

/** Checks that a pre-login message is one: a list of options that ends. */
export function checkPrelogin(data: Buffer): void {
  const reader = readerOf(data);
  for (let i = 0; i < 32; i++) {
    if (reader.u8() === OPTION.end) return;
    reader.skip(4);
  }
}

/** The answer: no encryption here, no MARS. */
export function preloginReply(): Buffer {
  const options: [number, Buffer][] = [
    [OPTION.version, Buffer.from([...VERSION, 0, 0])],
    [OPTION.encryption, Buffer.from([NOT_SUPPORTED])],
    [OPTION.instance, Buffer.from([0])],
    [OPTION.thread, Buffer.alloc(0)],
    [OPTION.mars, Buffer.from([0])],
  ];
  const out = writer();
  let offset = options.length * 5 + 1;
  for (const [option, content] of options) {
    // Offsets and lengths are big-endian here, and only here.
    out
      .u8(option)
      .u8(offset >> 8)
      .u8(offset & 0xff)
      .u8(content.length >> 8)
      .u8(content.length & 0xff);
    offset += content.length;
  }
  out.u8(OPTION.end);
  for (const [, content] of options) out.bytes(content);
  return out.finish();
}
