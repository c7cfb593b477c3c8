import { type Check, check, fail } from "../../lab/check.ts";
import { add, chargesOf, linesOf, mustHaveFailed, mustHaveStruck, stepsOf } from "../story.ts";

const fault = "SwissCheese is too large for the database";

export const checks: readonly Check[] = [
  check("Billing never charges for what Orders could not store", async (lab) => {
    const order = lab.order();
    const messageId = await add(lab, order, "SwissCheese");
    mustHaveStruck(order, "refuse", fault);
    mustHaveFailed(order, messageId);
    const [lines, charges] = await Promise.all([linesOf(order), chargesOf(order)]);
    if (charges.includes("SwissCheese") && !lines.includes("SwissCheese")) {
      fail("ghost: Billing has SwissCheese, Orders has none");
    }
  }),

  check("the refused command is dead-lettered", async (lab) => {
    const order = lab.order();
    const messageId = await add(lab, order, "SwissCheese");
    mustHaveStruck(order, "refuse", fault);
    if (stepsOf(order.trace, "deadLettered", { to: "orders", messageId }).length === 0) {
      fail("expected AddItem among the dead letters, where an operator finds it; it is gone");
    }
  }),
];
