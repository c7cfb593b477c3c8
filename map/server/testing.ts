import type { ServerName } from "../../emulators/stack.ts";
import { createPicture } from "./picture.ts";

/** A picture that is told events by hand. */
export function told() {
  const picture = createPicture();
  for (const server of ["serviceBus", "cosmos", "sql", "host"] as const) {
    picture.receive(server, { type: "process", action: "started" }, 0);
  }
  let sequence = 0;
  const broker = (type: string, entity: string, more: object = {}) =>
    picture.receive("serviceBus", { type, at: 10, entity, ...more }, 10);
  return {
    picture,
    broker,
    tell: (server: ServerName, event: object) => picture.receive(server, event, 10),
    /** A message about order 1 arrives in a queue. @returns its number there */
    arrives(entity: string, id: string, type: string, more: object = {}) {
      sequence += 1;
      const message = { type, properties: { logicalId: id }, body: '{"orderId":"1"}' };
      const facts = { messageId: id, sequence, deliveryCount: 0, state: "active", message, ...more };
      return { sequence, effects: broker("enqueued", entity, facts) };
    },
  };
}
