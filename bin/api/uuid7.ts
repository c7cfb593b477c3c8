/**
 * A time-ordered UUID (version 7, RFC 9562): the API knows from it when a request was first made.
 * @param now milliseconds since 1970
 * @param random ten random bytes
 */
export function uuid7(now: number, random: Uint8Array): string {
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = now.toString(16).padStart(12, "0");
  // RFC 9562's variant: the two bits 10 before the last 62 random ones.
  const variant = ((random[2] ?? 0) & 0x3f) | 0x80;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-${variant.toString(16)}${hex.slice(6, 8)}-${hex.slice(8, 20)}`;
}
