import { addItem } from "./addItem.ts";
import type { Command, Message } from "./messages.ts";
import { removeItem } from "./removeItem.ts";

/** Orders: decides about commands. */
export function orders(command: Message<Command>): Promise<void> {
  switch (command.type) {
    case "AddItem":
      return addItem(command);
    case "RemoveItem":
      return removeItem(command);
  }
}
