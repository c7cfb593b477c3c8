import { forms, type Message, type MessageType } from "./messages.ts";

/** Queue of each command; events go to the topic. */
const commandQueues: Partial<Record<MessageType, string>> = {
  AddItem: "orders",
  RemoveItem: "orders",
  SubmitOrder: "orders",
  CancelOrderPayment: "orders",
  CancelPayment: "billing",
};

export const topic = "events";

/** Queue or topic that a message is sent to. */
export const destinationOf = (type: MessageType): string => commandQueues[type] ?? topic;

export const schemaOf = (type: MessageType): number => forms[type].schema;

/** The order that a message is about: messages of one order share a lane. */
export const orderOf = (message: Message): string | undefined =>
  "orderId" in message ? message.orderId : undefined;
