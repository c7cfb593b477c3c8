import { type OutgoingLink, rhea } from "./rhea.ts";

/** The answer to a request on `$cbs` or `$management`. */
export interface Reply {
  readonly correlation_id: unknown;
  readonly application_properties: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** A request as rhea decodes it. */
export interface Request {
  readonly message_id?: unknown;
  readonly reply_to?: unknown;
  readonly body?: unknown;
  readonly application_properties?: Readonly<Record<string, unknown>>;
}

/** The links of one connection on which answers go out. */
export interface ReplyLinks {
  add(link: OutgoingLink): void;
  remove(link: OutgoingLink): void;
  /** Answers on the link that the request names; an answer that nobody waits for is dropped. */
  send(replyTo: unknown, reply: Reply): void;
}

export function createReplyLinks(): ReplyLinks {
  const links = new Set<OutgoingLink>();
  return {
    add: (link) => void links.add(link),
    remove: (link) => void links.delete(link),
    send(replyTo, reply) {
      const link = [...links].find(({ name, target }) => name === replyTo || target?.address === replyTo);
      // Without credit rhea would keep the answer in front of all other deliveries of the AMQP session.
      if (link === undefined || !link.sendable()) return;
      link.send(rhea.message.encode(reply), undefined, 0);
    },
  };
}

/** @throws Error if the bytes are no message. */
export const decodeRequest = (content: Buffer): Request => rhea.message.decode(content) as Request;
