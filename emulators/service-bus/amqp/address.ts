/** The parts of a link's address, in the broker's spelling: lower case, no slash around it. */
export interface Address {
  /** `orders`, `events/subscriptions/billing`, `orders/$deadletterqueue`; empty for the namespace. */
  readonly entity: string;
  readonly node: "entity" | "$management" | "$cbs";
}

const MANAGEMENT = "/$management";

/** Reads an address in any SDK's spelling: absolute URI or path, percent-encoded or not, any case. */
export function parseAddress(text: string): Address {
  const path = normalizePath(text);
  if (path === "$cbs") return { entity: "", node: "$cbs" };
  if (path === "$management") return { entity: "", node: "$management" };
  return path.endsWith(MANAGEMENT)
    ? { entity: path.slice(0, -MANAGEMENT.length), node: "$management" }
    : { entity: path, node: "entity" };
}

/** `sb://host:port/Orders/` and `/Orders` are both `orders`. */
export const normalizePath = (text: string): string =>
  percentDecode(text)
    .replace(/^[a-z]+:\/\/[^/]*/i, "")
    .replace(/^\/+|\/+$/g, "")
    .toLowerCase();

/** The text as it is if it is not percent-encoded properly. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
