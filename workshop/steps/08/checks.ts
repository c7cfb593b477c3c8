import { during } from "../../../emulators/faults/index.ts";
import { type Check, check, fail } from "../../lab/check.ts";
import { add, cameAfter, chargesOf, count, mushroomsThenRemoval, remove, stepsOf } from "../story.ts";

export const checks: readonly Check[] = [
  check("Billing charges Meat once", async (lab) => {
    const order = lab.order();
    const messageId = await add(lab, order, "Meat");
    const handled = stepsOf(order.trace, "handled", { to: "orders", messageId });
    if (handled.length < 2) fail("fault never fired: Meat is sent twice");
    const charges = count(await chargesOf(order), "Meat");
    if (charges !== 1) fail(`Billing: expected 1 charge, got ${charges}`);
  }),

  check("Billing does not charge for Mushrooms after removal", async (lab) => {
    const order = lab.order();
    // Billing is to hear of the removal before it hears of the late copy: it must not be saved by a race. If it was
    // quicker than Orders, there is nothing to wait for, and the second ends it.
    await lab.faults(
      during("serviceBus", "complete")
        .of("orders")
        .carrying("RemoveItem")
        .about(order.id)
        .named("RemoveItem is complete when Billing has heard of it")
        .holdUntil(
          during("serviceBus", "complete")
            .of("events/subscriptions/billing")
            .about(order.id)
            .carrying("ItemRemoved"),
          1_000,
        ),
    );
    const { added, removed } = await mushroomsThenRemoval(lab, order);
    if (!cameAfter(order, added, removed)) fail("fault never fired: no copy of AddItem was late");
    const charges = count(await chargesOf(order), "Mushrooms");
    if (charges !== 0) fail(`expected 0 charges, got ${charges}`);
  }),

  check("a retry publishes under the same id", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("host", "invoke")
        .of("orders")
        .carrying("AddItem")
        .about(order.id)
        .named("the handler is done, and nobody hears of it")
        .loseAnswer(),
    );
    await add(lab, order, "Spinach");
    const sent = stepsOf(order.trace, "sent", { entity: "events", type: "ItemAdded" });
    if (sent.length === 0) fail("lost: no ItemAdded, queue empty");
    if (new Set(sent.map(({ messageId }) => messageId)).size > 1) fail("ids differ");
  }),

  check("no two messages share an id", async (lab) => {
    const order = lab.order();
    await add(lab, order, "Spinach");
    await add(lab, order, "Spinach");
    await remove(lab, order, "Spinach");
    // Nothing is disturbed here: whatever was sent is a message of its own.
    const typeOf = new Map<string, string>();
    for (const { messageId, type } of stepsOf(order.trace, "sent")) {
      const other = typeOf.get(messageId);
      if (other !== undefined) fail(`${other} and ${type} share the id ${messageId}`);
      typeOf.set(messageId, type);
    }
  }),
];
