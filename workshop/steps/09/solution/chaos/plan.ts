import { during, type RuleInput } from "@pierogi/faults";

/** What goes wrong, on purpose. */
export const rules: readonly RuleInput[] = [
  // The sender did not hear that the broker has it, and sends it again: two messages with one id.
  during("serviceBus", "send")
    .of("orders")
    .with({ type: "AddItem", filling: "Meat" })
    .named("Meat is sent twice")
    .times("always")
    .applyTwice(),

  // The handler has just got the message when its lock is over: the broker delivers it once more.
  during("serviceBus", "deliver")
    .of("orders")
    .with({ type: "AddItem", filling: "Sauerkraut" })
    .named("Sauerkraut's handler outlives its lock")
    .loseLock(),

  // 413 Request Entity Too Large: however often it is tried, no order with this filling is stored.
  during("cosmos", "create", "replace")
    .of("orders")
    .with({ lines: "SwissCheese" })
    .named("SwissCheese is too large for the database")
    .times("always")
    .refuse(413),

  // The broker refuses the first event about this filling. The SDK does not try again: the handler hears of it.
  during("serviceBus", "send")
    .of("events")
    .with({ type: "ItemAdded", filling: "QuarkAndPotatoes" })
    .named("QuarkAndPotatoes' first ItemAdded is refused")
    .refuse("EntityDisabled"),

  during("serviceBus", "send")
    .of("orders")
    .with({ type: "AddItem", filling: "Mushrooms" })
    .named("Mushrooms are sent twice")
    .times("always")
    .applyTwice(),

  // The second copy is late: the customer has changed their mind in between.
  during("serviceBus", "deliver")
    .of("orders")
    .with({ type: "AddItem", filling: "Mushrooms" })
    .from(2)
    .named("the second copy of Mushrooms waits for RemoveItem")
    .holdUntil(during("serviceBus", "complete").of("orders").with({ type: "RemoveItem" })),

  // Slow, then failing: the next command is done before the broker refuses the event about the first item.
  during("serviceBus", "send")
    .of("events")
    .with({ type: "FirstItemAdded", filling: "Strawberry" })
    .named("Strawberry's FirstItemAdded is held, then refused")
    .holdThenRefuse(
      during("serviceBus", "complete").of("orders").with({ type: "AddItem" }),
      "EntityDisabled",
    ),
];
