import type { Outgoing, Publish, TraceContext } from "./contracts.ts";
import type { Attributes, Telemetry } from "./telemetry.ts";

/**
 * Publishes with a span for each message.
 * @param parentOf the conversation that a message belongs to, where that is not the running work's
 */
export async function sending(
  telemetry: Pick<Telemetry, "span">,
  publish: Publish,
  outgoing: readonly Outgoing[],
  parentOf: (message: Outgoing) => TraceContext | undefined = () => undefined,
): Promise<void> {
  const published = publish(outgoing);
  await Promise.all([
    published,
    ...outgoing.map((message) =>
      telemetry.span(
        `send ${message.destination}`,
        attributesOf(message, outgoing.length),
        () => published,
        parentOf(message),
      ),
    ),
  ]);
}

const attributesOf = ({ id, type, destination }: Outgoing, count: number): Attributes => ({
  "messaging.destination.name": destination,
  // The broker's id equals the logical one whenever we send.
  "messaging.message.id": id,
  "pierogi.message.logical_id": id,
  "pierogi.message.type": type,
  "messaging.batch.message_count": count,
});
