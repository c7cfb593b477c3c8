/**
 * A lock token has three forms: 32 hexadecimal digits in the broker, a big-endian uuid in management bodies, and
 * as delivery tag the bytes of .NET's `Guid.ToByteArray()`, whose first three groups are little-endian.
 */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

export const tagOf = (token: string): Buffer => reorder(Buffer.from(token, "hex"));

/** A tag that is no lock token gives a token that no message has. */
export const tokenOfTag = (tag: Buffer): string => reorder(tag).toString("hex");

export const uuidOf = (token: string): Buffer => Buffer.from(token, "hex");

export const tokenOfUuid = (uuid: Buffer): string => uuid.toString("hex");

const reorder = (bytes: Buffer): Buffer => Buffer.from(ORDER.map((index) => bytes[index] ?? 0));
