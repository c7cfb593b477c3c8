import { createHash } from "node:crypto";

/** Namespaces of this project's UUIDs, chosen once and never changed: ids are part of the stored form. */
const namespaces = {
  outgoing: "5f0c8f5e-7a5b-4e0e-9d3b-6f1d1f1c2a10",
  request: "c2a7b8d4-3a53-4d55-8a77-0e4a6f8f0b21",
} as const;

/** UUID version 5 (RFC 9562, 5.5): the same name gives the same id. */
export function uuidV5(namespace: string, name: string): string {
  const digest = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name, "utf8")
    .digest()
    .subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return hyphenate(digest.toString("hex"));
}

/**
 * Logical id of the n-th message that an endpoint sends on account of another: every attempt to process that
 * one, by whatever instance, gives its outgoing messages the same ids (1).
 */
export const outgoingId = (incomingId: string, endpoint: string, ordinal: number): string =>
  uuidV5(namespaces.outgoing, `${incomingId}/${endpoint}/${ordinal}`);

/** Logical id of the command behind an HTTP request: a key is unique per aggregate, across operations (18). */
export const requestId = (aggregateId: string, idempotencyKey: string): string =>
  uuidV5(namespaces.request, `${aggregateId}/${idempotencyKey}`);

/** Creation time in a time-ordered UUID (RFC 9562, 5.7), in milliseconds since 1970; undefined for any other text. */
export function timeOfUuidV7(text: string): number | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(text)) return undefined;
  return Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16);
}

const hyphenate = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
