import { createHash } from "node:crypto";
import type { Message, OrderEvent } from "./messages.ts";

/**
 * The id of an event that an endpoint publishes on account of a message: the same in each run, and no other's.
 * @param index tells apart several events of one type
 */
export function idOf(type: OrderEvent["type"], cause: Message, endpoint: string, index = 0): string {
  const name = [cause.id, endpoint, type, index].join("/");
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}
