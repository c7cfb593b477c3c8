/** Resource ids of the cloud's shape: base64 of 4 bytes (database), 8 (container), 16 (item or range). */

const encode = (bytes: Buffer): string => bytes.toString("base64").replaceAll("/", "-");

/** Resource id of a database, from its row number. */
export function databaseRid(database: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(database);
  return encode(bytes);
}

/** Resource id of a container. The high bit marks a container in the cloud, too. */
export function containerRid(database: number, container: number): string {
  return encode(containerBytes(database, container));
}

/** Resource id of an item: the container's, and the point in its history at which the item was first written. */
export function itemRid(database: number, container: number, lsn: number, ordinal: number): string {
  const own = Buffer.alloc(8);
  own.writeUIntBE(lsn, 0, 6);
  own.writeUInt16BE(ordinal, 6);
  return encode(Buffer.concat([containerBytes(database, container), own]));
}

/** Resource id of a container's only partition key range. */
export function rangeRid(database: number, container: number): string {
  const own = Buffer.alloc(8);
  own.writeUInt8(0x50, 7);
  return encode(Buffer.concat([containerBytes(database, container), own]));
}

function containerBytes(database: number, container: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(database);
  bytes.writeUInt32BE((container | 0x80000000) >>> 0, 4);
  return bytes;
}
