import { createHash } from "node:crypto";

const lanes = 64;

/**
 * Session id of an order's messages. A bounded number of lanes, since the trigger holds each session until it
 * has been idle for a while; never a bare number, since the host would turn it into one.
 */
export function laneOf(orderId: string): string {
  const lane = createHash("sha256").update(orderId).digest().readUInt8(0) & (lanes - 1);
  return `lane-${String(lane).padStart(2, "0")}`;
}
