import topology from "../../infra/topology/service-bus.json" with { type: "json" };
import type { EndpointName } from "../../shared/endpoints.ts";
import type { Delivery, Outgoing, Publish } from "../../shared/exactly-once/contracts.ts";
import { envelopeOf, toServiceBus } from "../../shared/messaging/format.ts";

/** Messages on their way between endpoints, routed by the real topology, and delivered when a test says so. */
export function bus() {
  const waiting: { queue: EndpointName; outgoing: Outgoing }[] = [];

  const publish: Publish = async (outgoing) => {
    for (const message of outgoing) {
      for (const queue of queuesOf(message)) waiting.push({ queue, outgoing: message });
    }
  };

  return {
    publish,
    /** Delivers everything that waits, and what that causes, in order. */
    async drain(receive: Record<EndpointName, (delivery: Delivery) => Promise<void>>): Promise<void> {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await receive[next.queue](deliveryOf(next.outgoing, next.queue));
      }
    },
  };
}

const [namespace] = topology.UserConfig.Namespaces;

export function queuesOf({ destination, type }: Outgoing): EndpointName[] {
  const topic = namespace?.Topics.find(({ Name }) => Name === destination);
  if (topic === undefined) return [destination as EndpointName];
  return topic.Subscriptions.filter(({ Rules }) =>
    Rules.some(({ Properties }) => Properties.CorrelationFilter.Label === type),
  ).map(({ Properties }) => Properties.ForwardTo as EndpointName);
}

export function deliveryOf(outgoing: Outgoing, entity: string): Delivery {
  const { body, subject, applicationProperties } = toServiceBus(outgoing);
  const original = {
    body,
    ...(subject === undefined ? {} : { subject }),
    properties: applicationProperties as Record<string, string | number>,
  };
  return { envelope: envelopeOf(original), entity, deliveryCount: 1, original };
}
