import { during } from "../../../emulators/faults/index.ts";
import { type Check, check, fail, type OrderLab } from "../../lab/check.ts";
import { add, chargesOf, linesOf, remove, shown, stepsOf } from "../story.ts";

/** The other filling of the order is none of the removal's business. */
async function mustHaveOnlyMeat(order: OrderLab): Promise<void> {
  const lines = shown(await linesOf(order));
  if (lines !== "[Meat]") fail(`expected [Meat], got ${lines}`);
}

export const checks: readonly Check[] = [
  check("RemoveItem takes the filling off", async (lab) => {
    const order = lab.order();
    await add(lab, order, "Spinach");
    await add(lab, order, "Meat");
    await remove(lab, order, "Spinach");
    await mustHaveOnlyMeat(order);
  }),

  check("Billing hears ItemRemoved", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("serviceBus", "send")
        .of("events")
        .carrying("ItemRemoved")
        .about(order.id)
        .named("the first ItemRemoved is refused")
        .refuse("EntityDisabled"),
    );
    await add(lab, order, "Spinach");
    await remove(lab, order, "Spinach");
    if (stepsOf(order.trace, "handled", { to: "billing", type: "ItemRemoved" }).length === 0) {
      fail("no ItemRemoved");
    }
    const charges = await chargesOf(order);
    if (charges.length > 0) fail(`Billing charged for ${charges.join(", ")} after it was removed`);
  }),

  check("a second RemoveItem changes nothing more", async (lab) => {
    const order = lab.order();
    await add(lab, order, "Meat");
    await add(lab, order, "Spinach");
    await remove(lab, order, "Spinach");
    await remove(lab, order, "Spinach");
    await mustHaveOnlyMeat(order);
    if ((await chargesOf(order)).includes("Spinach"))
      fail("Billing charged for Spinach after it was removed");
  }),

  check("a removed filling can be ordered again", async (lab) => {
    const order = lab.order();
    await add(lab, order, "Spinach");
    await remove(lab, order, "Spinach");
    await add(lab, order, "Spinach");
    const lines = await linesOf(order);
    if (!lines.includes("Spinach")) fail(`expected [Spinach], got ${shown(lines)}`);
  }),
];
