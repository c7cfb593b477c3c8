import type { Container } from "@azure/cosmos";
import type { Delivery, Outgoing, Publish } from "../../shared/exactly-once/contracts.ts";
import { addressOf } from "../../shared/messaging/address.ts";
import type { Endpoint } from "../../shared/pierogi/decide.ts";
import { type Message, parseMessage } from "../../shared/pierogi/messages.ts";
import { ids, partitionOf, StateDocument } from "../../shared/stores/cosmos/documents.ts";

/** What a bare handler works with. */
export interface Means {
  readonly container: Container;
  readonly publish: Publish;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A new message, with an id that nothing else will ever have. */
const outgoing = (message: Message, { newId, now }: Pick<Means, "newId" | "now">): Outgoing => ({
  ...addressOf(message),
  id: newId(),
  createdAt: now(),
});

/**
 * The handler that most programs have: read the state, decide, save, send. The same business, the same layout and the
 * same optimistic concurrency as the product, and none of its care: no inbox record, no outbox item, new ids each time.
 */
export function bareHandler<State, Incoming extends Message>(
  business: Endpoint<State, Incoming>,
  means: Means,
): (delivery: Delivery) => Promise<void> {
  const { container, publish } = means;
  return async ({ envelope }) => {
    if ("problem" in envelope) throw new Error(envelope.problem);
    const message = parseMessage(envelope.type, envelope.schema, JSON.parse(envelope.body));
    if ("problem" in message) throw new Error(message.problem);
    // What the subscription's filter let through is what the endpoint accepts.
    const heard = message as Incoming;
    const aggregate = { endpoint: business.name, id: business.aggregateOf(heard) };
    const partition = partitionOf(aggregate);

    const stored = await readState(container, partition);
    const before =
      stored === undefined ? business.initial : business.restore(stored.state.schema, stored.state.value);
    const decision = business.decide(before, heard, {
      createdAt: new Date(envelope.createdAt).toISOString(),
    });
    const document = { id: ids.state, partition, schema: business.schema, state: decision.state };
    if (stored === undefined) await container.items.create(document);
    else {
      await container.item(ids.state, partition).replace(document, {
        accessCondition: { type: "IfMatch", condition: stored.version },
      });
    }
    await publish(decision.outgoing.map((each) => outgoing(each, means)));
  };
}

/** Undefined: the aggregate does not exist yet. */
export async function readState(container: Container, partition: string) {
  const { resource } = await container.item(ids.state, partition).read<object>();
  if (resource === undefined) return undefined;
  const { schema, state, _etag } = StateDocument.parse(resource);
  return { state: { schema, value: state }, version: _etag };
}
