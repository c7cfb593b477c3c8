import type { ServiceBusSender } from "@azure/service-bus";
import { firstLine } from "../first-line.ts";
import type { CommandOptions } from "./check.ts";

/** A command that did not get its answer, in the story's words: a fault of the app's plan may do that. */
export class CustomerError extends Error {
  override name = "CustomerError";
}

/**
 * Sends commands as a customer's device does: the app's own frontend is not needed for it.
 * What it makes throws CustomerError.
 */
export const createCustomer =
  (sender: ServiceBusSender, newId: () => string) =>
  async (
    type: string,
    orderId: string,
    filling: string,
    { id = newId(), copies = 1 }: CommandOptions = {},
  ): Promise<string> => {
    for (let copy = 0; copy < copies; copy++) {
      const command = {
        messageId: id,
        subject: type,
        contentType: "application/json",
        partitionKey: orderId,
        applicationProperties: { type, filling },
        body: { id, type, orderId, filling },
      };
      await sender.sendMessages(command).catch((error: unknown) => {
        throw new CustomerError(
          `Customer could not send ${type} ${filling}: ${firstLine(error, "no answer came")}`,
          {
            cause: error,
          },
        );
      });
    }
    return id;
  };
