import type { ServerConnection, Transfer } from "./rhea.ts";
import { MalformedError } from "./walk.ts";

/** A message format that rhea does not know, so that it leaves a message as the bytes it came in. */
const RAW_FORMAT = 0x7fffffff;

/**
 * Lets transfers reach rhea with limits that it lacks: a link's credit is kept to, and of a message over the size
 * limit no more is stored than shows that it is too large (the link then refuses it by name).
 */
export function guardTransfers(connection: ServerConnection, maxMessageSize: number): void {
  const sizes = new Map<string, number>();
  const pass = connection.on_transfer;

  connection.on_transfer = (frame: Transfer) => {
    const { channel, performative, payload = Buffer.alloc(0) } = frame;
    const key = `${channel}/${performative.handle}`;
    const size = sizes.get(key);
    if (size === undefined && creditOf(connection, channel, performative.handle) <= 0) {
      throw new MalformedError("A transfer came without credit for it.");
    }
    if (performative.more) sizes.set(key, (size ?? 0) + payload.length);
    else sizes.delete(key);
    performative.message_format ||= RAW_FORMAT;
    pass.call(connection, { ...frame, payload: (size ?? 0) > maxMessageSize ? Buffer.alloc(0) : payload });
  };
}

function creditOf(connection: ServerConnection, channel: number, handle: number): number {
  const link = connection.remote_channel_map[channel]?.remote.handles[handle];
  return typeof link?.credit === "number" ? link.credit : 0;
}
