import { createHmac, timingSafeEqual } from "node:crypto";
import { parseAddress, percentDecode } from "./address.ts";

export interface SasKey {
  readonly name: string;
  readonly value: string;
}

/** The right that a token gives: to the entity at `path` and all below it ("" is the whole namespace). */
export interface Grant {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** `status` and `description` are what `$cbs` answers. */
export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Checks a shared access signature: `SharedAccessSignature sr=<resource>&sig=<signature>&se=<expiry>&skn=<key>`,
 * where the signature is Base64(HMAC-SHA256(key, sr + "\n" + se)) over `sr` as it was sent, percent-encoded.
 * @param audience What the client asks for; the signed resource must contain it.
 * @param now Milliseconds since 1970.
 * @throws TokenError
 */
export function verifyToken(token: string, audience: string, key: SasKey, now: number): Grant {
  const fields = new Map(
    token
      .replace(/^SharedAccessSignature\s+/i, "")
      .split("&")
      .map((field) => {
        const [name = "", ...value] = field.split("=");
        return [name, value.join("=")] as const;
      }),
  );
  const [resource, signature, expiry, keyName] = ["sr", "sig", "se", "skn"].map((name) => fields.get(name));
  if (resource === undefined || signature === undefined || expiry === undefined || keyName === undefined) {
    throw new TokenError(401, "MalformedToken: expected a SharedAccessSignature with sr, sig, se and skn.");
  }
  const expected = createHmac("sha256", key.value).update(`${resource}\n${expiry}`).digest();
  const given = Buffer.from(percentDecode(signature), "base64");
  const valid = given.length === expected.length && timingSafeEqual(given, expected);
  if (percentDecode(keyName) !== key.name || !valid) {
    throw new TokenError(
      401,
      `InvalidSignature: the token for '${audience}' is not signed with the key of rule '${key.name}'.`,
    );
  }
  const expiresAt = Number(expiry) * 1000;
  if (!(expiresAt > now))
    throw new TokenError(401, `ExpiredToken: the token expired at ${expiry} (seconds since 1970).`);
  // A token for an entity's $management node is one for the entity.
  const path = parseAddress(percentDecode(resource)).entity;
  const wanted = parseAddress(audience).entity;
  if (!covers(path, wanted)) {
    throw new TokenError(401, `InvalidAudience: a token for '${path}' does not give access to '${wanted}'.`);
  }
  return { path: wanted, expiresAt };
}

/** Whether a right to `path` includes `entity`. */
export const covers = (path: string, entity: string): boolean =>
  path === "" || path === entity || entity.startsWith(`${path}/`);
