import { decodeDraft } from "./codec.ts";
import { WireError } from "./conditions.ts";
import { factsOfContent } from "./facts.ts";
import { BATCH_FORMAT } from "./message-format.ts";
import type { IncomingLink, PeerDelivery } from "./rhea.ts";
import { splitBatch } from "./sections.ts";
import type { Peer, Service } from "./service.ts";
import { refused, settle } from "./settlement.ts";

/** What rhea hands over for a transfer that it does not decode: the message's bytes. */
export interface RawMessage {
  readonly message: Buffer;
  readonly delivery: PeerDelivery;
  readonly format: number;
}

/** @throws MalformedError */
const contentsOf = (message: Buffer, format: number): readonly Buffer[] =>
  format === BATCH_FORMAT ? splitBatch(message) : [message];

/** Takes messages from a client's sender: an acceptance is told when the messages are durable. */
export function openSendLink(service: Service, link: IncomingLink, connection: Peer, entity: string): void {
  link.on("message", ({ message, delivery, format }: RawMessage) => {
    const about = () => contentsOf(message, format).map(factsOfContent);
    service
      .perform({ kind: "send", entity, connection, about }, () => {
        if (message.length > service.maxMessageSize) {
          throw new WireError(
            "amqp:link:message-size-exceeded",
            403,
            `The received message (size ${message.length} bytes) exceeds the limit (${service.maxMessageSize} bytes) of '${entity}'.`,
          );
        }
        // A copy: the bytes are part of a larger chunk, which they would keep in memory.
        service.namespace.send(entity, contentsOf(Buffer.from(message), format).map(decodeDraft));
      })
      .then(
        () => settle(link.connection, delivery, "accepted"),
        (error: unknown) => settle(link.connection, delivery, refused(error)),
      );
  });
}
