import type { Outgoing, Unit } from "./contracts.ts";

/** Above the broker's smallest limit (256 KB with headers, Standard tier) a message could never be sent. */
export const maxOutgoingBytes = 200 * 1024;

/** A Cosmos transactional batch takes 100 operations, and one outgoing message may cost one. */
export const maxOutgoing = 100;

/** What a store takes in one commit: 2 MB with some room for what the store adds. */
export const maxUnitBytes = 2 * 1024 * 1024 - 16 * 1024;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "", "utf8");

/** Why no store may take this unit, or undefined. Checked before anything is written, so nothing is half done. */
export function refusal({ outgoing, state }: Pick<Unit, "outgoing" | "state">): string | undefined {
  if (outgoing.length > maxOutgoing) {
    return `${outgoing.length} outgoing messages; at most ${maxOutgoing} can be committed together`;
  }
  const large = outgoing.find((message) => Buffer.byteLength(message.body, "utf8") > maxOutgoingBytes);
  if (large !== undefined) return tooLarge(large);
  const bytes = bytesOf(state.value) + bytesOf(outgoing);
  if (bytes > maxUnitBytes)
    return `state and outgoing messages take ${bytes} bytes; at most ${maxUnitBytes} fit one commit`;
  return undefined;
}

const tooLarge = (message: Outgoing): string =>
  `outgoing ${message.type} takes ${Buffer.byteLength(message.body, "utf8")} bytes; at most ${maxOutgoingBytes} can be sent`;
