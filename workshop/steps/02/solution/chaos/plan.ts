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
];
