import { type Check, check, fail } from "../../lab/check.ts";
import { add, count, linesOf, shown } from "../story.ts";

export const checks: readonly Check[] = [
  check("a second copy of AddItem does not add the filling twice", async (lab) => {
    const order = lab.order();
    const id = await add(lab, order, "Spinach");
    await order.addItem("Spinach", { id });
    await lab.rest();
    const portions = count(await linesOf(order), "Spinach");
    if (portions !== 1) fail(`expected 1 Spinach, got ${portions}`);
  }),

  check("two fillings both stay", async (lab) => {
    const order = lab.order();
    await Promise.all([order.addItem("Spinach"), order.addItem("QuarkAndPotatoes")]);
    await lab.rest();
    const lines = await linesOf(order);
    if (!lines.includes("Spinach") || !lines.includes("QuarkAndPotatoes")) {
      fail(`expected [Spinach, QuarkAndPotatoes], got ${shown(lines)}`);
    }
  }),
];
