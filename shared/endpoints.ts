import type { Delivery, Surroundings } from "./exactly-once/contracts.ts";
import { endpoint, type Steps } from "./exactly-once/endpoint.ts";
import type { Retention } from "./exactly-once/guard.ts";
import type { Telemetry } from "./exactly-once/telemetry.ts";
import { addressOf } from "./messaging/address.ts";
import { billing } from "./pierogi/billing.ts";
import type { Endpoint } from "./pierogi/decide.ts";
import { marketing } from "./pierogi/marketing.ts";
import { type Message, parseMessage, type Unreadable } from "./pierogi/messages.ts";
import { orders } from "./pierogi/orders.ts";

export type EndpointName = "orders" | "billing" | "marketing";

export type Receive = (delivery: Delivery) => Promise<void>;

/** The business run by the algorithm: one function per endpoint, on whatever I/O steps each is given. */
export function receivers(
  steps: Readonly<Record<EndpointName, Steps>>,
  surroundings: Surroundings,
  telemetry: Telemetry,
  retention: Retention,
): Record<EndpointName, Receive> {
  const receiver = <State, Incoming extends Message>(
    business: Endpoint<State, Incoming>,
    its: Steps,
  ): Receive =>
    endpoint(
      { ...business, parse: parserOf(business), address: addressOf },
      its,
      surroundings,
      telemetry,
      retention,
    );
  return {
    orders: receiver(orders, steps.orders),
    billing: receiver(billing, steps.billing),
    marketing: receiver(marketing, steps.marketing),
  };
}

/** Reads the messages that an endpoint accepts. */
function parserOf<State, Incoming extends Message>({ name, accepts }: Endpoint<State, Incoming>) {
  const isAccepted = (message: Message): message is Incoming => accepts.some((type) => type === message.type);
  return (type: string, schema: number, body: unknown): Incoming | Unreadable => {
    const message = parseMessage(type, schema, body);
    if ("problem" in message || isAccepted(message)) return message;
    return {
      reason: "unknown type",
      problem: `${name} does not accept ${type}; it accepts ${accepts.join(", ")}`,
    };
  };
}
