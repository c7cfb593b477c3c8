const GUID = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?/i;

/** Reads an identifier as SQL Server does: what follows the first 36 characters is ignored. */
export function parseGuid(text: string): string | undefined {
  const match = GUID.exec(text);
  return match === null ? undefined : match.slice(1, 6).join("-").toUpperCase();
}

/** The 16 bytes as SQL Server stores and sends them: the first three groups little-endian. */
export function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll("-", ""), "hex");
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** The identifier of 16 bytes in SQL Server's order. */
export function guidText(stored: Buffer): string {
  const bytes = Buffer.from(stored);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  const hex = bytes.toString("hex").toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The text by which identifiers sort in SQL Server: the last group counts first. */
export function guidKey(guid: string): string {
  const hex = guidBytes(guid).toString("hex");
  return hex.slice(20) + hex.slice(16, 20) + hex.slice(12, 16) + hex.slice(8, 12) + hex.slice(0, 8);
}
