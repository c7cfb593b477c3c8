/** Code page 1252, that of the default collation's char and varchar. */

const HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const BYTES = new Map([...HIGH].map((character, i) => [character, 0x80 + i]));
const ASCII = /^[\0-\x7f]*$/;

/** The first character that the code page lacks, or undefined. SQL Server stores "?" for such a one. */
export function notInCodePage(text: string): string | undefined {
  if (ASCII.test(text)) return undefined;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80 || (code >= 0xa0 && code <= 0xff) || BYTES.has(character)) continue;
    return character;
  }
  return undefined;
}

export function encodeCodePage(text: string): Buffer {
  if (ASCII.test(text)) return Buffer.from(text, "latin1");
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (const character of text)
    bytes[length++] = BYTES.get(character) ?? (character.codePointAt(0) ?? 0x3f) & 0xff;
  return bytes.subarray(0, length);
}

export function decodeCodePage(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  return text.replace(/[\x80-\x9f]/g, (character) => HIGH[character.charCodeAt(0) - 0x80] ?? character);
}
