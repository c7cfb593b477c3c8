import { during } from "../../../emulators/faults/index.ts";
import { type Check, check, fail, type OrderLab } from "../../lab/check.ts";
import { add, chargesOf, mustHaveFailed, mustHaveStruck, stepsOf } from "../story.ts";

/** Billing must have heard in the end. */
function mustHaveHeard(order: OrderLab): void {
  if (stepsOf(order.trace, "handled", { to: "billing", type: "ItemAdded" }).length === 0) {
    fail("lost: no ItemAdded, queue empty");
  }
}

export const checks: readonly Check[] = [
  check("Billing hears of QuarkAndPotatoes although the first send failed", async (lab) => {
    const order = lab.order();
    await add(lab, order, "QuarkAndPotatoes");
    mustHaveStruck(order, "refuse", "QuarkAndPotatoes' first ItemAdded is refused");
    mustHaveHeard(order);
  }),

  check("a crash between save and publish loses nothing", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("serviceBus", "send")
        .of("events")
        .carrying("ItemAdded")
        .about(order.id)
        .named("the worker dies before the event has left it")
        .killWorker("before"),
    );
    await add(lab, order, "Spinach");
    mustHaveHeard(order);
  }),

  check("no ghost", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("cosmos", "create", "replace")
        .of("orders")
        .about(order.id)
        .named("the database refuses the order")
        .times("always")
        .refuse(413),
    );
    mustHaveFailed(order, await add(lab, order, "Spinach"));
    if ((await chargesOf(order)).includes("Spinach")) fail("ghost: Billing has Spinach, Orders has none");
  }),
];
