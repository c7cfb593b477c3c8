import type { ServiceBusSender } from "@azure/service-bus";
import type { CommandOptions } from "./check.ts";

/** Sends commands as a customer's device does: the app's own frontend is not needed for it. */
export const createCustomer =
  (sender: ServiceBusSender, newId: () => string) =>
  async (
    type: string,
    orderId: string,
    filling: string,
    { id = newId(), copies = 1 }: CommandOptions = {},
  ): Promise<string> => {
    for (let copy = 0; copy < copies; copy++) {
      await sender.sendMessages({
        messageId: id,
        subject: type,
        contentType: "application/json",
        partitionKey: orderId,
        applicationProperties: { type, filling },
        body: { id, type, orderId, filling },
      });
    }
    return id;
  };
