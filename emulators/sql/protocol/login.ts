import { createHash, timingSafeEqual } from "node:crypto";
import { sqlError } from "../errors/sql-error.ts";

/** What LOGIN7 says. */
export interface Login {
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  /** Integrated or federated authentication, which this server has not. */
  readonly otherAuthentication: boolean;
  readonly utf8: boolean;
}

/** Places of the variable parts: offset and length in characters. */
const PLACE = { user: 40, password: 44, application: 48, extension: 56, database: 68 } as const;

/** Reads LOGIN7. Throws 17836 if a place lies outside the message. */
export function readLogin(data: Buffer): Login {
  if (data.length < 94 || data.readUInt32LE(0) !== data.length)
    throw sqlError(17836, "The login record has a wrong length.");
  const part = (place: number): Buffer => {
    const offset = data.readUInt16LE(place);
    const length = data.readUInt16LE(place + 2) * 2;
    if (offset + length > data.length)
      throw sqlError(17836, "A part of the login record lies outside of it.");
    return data.subarray(offset, offset + length);
  };
  const password = Buffer.from(part(PLACE.password).map((byte) => swapNibbles(byte ^ 0xa5)));
  const features = featuresOf(data);
  return {
    tdsVersion: data.readUInt32LE(4),
    packetSize: data.readUInt32LE(8),
    user: part(PLACE.user).toString("utf16le"),
    password: password.toString("utf16le"),
    application: part(PLACE.application).toString("utf16le"),
    database: part(PLACE.database).toString("utf16le"),
    otherAuthentication: (data.readUInt8(25) & 0x80) !== 0 || features.has(0x02),
    utf8: features.has(0x0a),
  };
}

const swapNibbles = (byte: number): number => ((byte << 4) & 0xf0) | (byte >> 4);

function featuresOf(data: Buffer): Set<number> {
  const found = new Set<number>();
  if ((data.readUInt8(27) & 0x10) === 0) return found;
  const place = data.readUInt16LE(PLACE.extension);
  if (place + 4 > data.length) return found;
  let at = data.readUInt32LE(place);
  while (at < data.length && data.readUInt8(at) !== 0xff) {
    found.add(data.readUInt8(at));
    if (at + 5 > data.length) break;
    at += 5 + data.readUInt32LE(at + 1);
  }
  return found;
}

/** Compares without telling by its time how much was right. */
export function samePassword(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(a), digest(b));
}
