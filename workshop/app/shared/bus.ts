import { randomUUID } from "node:crypto";
import { ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import type { Command, OrderEvent } from "./messages.ts";
import { setting } from "./settings.ts";

const client = new ServiceBusClient(setting("ServiceBus"));
const queue = client.createSender("orders");
const topic = client.createSender("events");

/** Sends a command to Orders. Resolves when the broker has it. */
export const send = (command: Command, id: string = randomUUID()): Promise<void> =>
  sendBy(queue, command, id);

/** Publishes an event to whoever has subscribed. Resolves when the broker has it. */
export const publish = (event: OrderEvent, id: string = randomUUID()): Promise<void> =>
  sendBy(topic, event, id);

const sendBy = (sender: ServiceBusSender, content: Command | OrderEvent, id: string): Promise<void> =>
  sender.sendMessages({
    messageId: id,
    subject: content.type,
    partitionKey: content.orderId,
    contentType: "application/json",
    // Also beside the body: what lies in between, chaos included, does not read bodies.
    applicationProperties: { type: content.type, filling: content.filling },
    body: { id, ...content },
  });
