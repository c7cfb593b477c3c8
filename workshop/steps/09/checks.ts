import { type Check, check, fail } from "../../lab/check.ts";
import { add, heardOfBeginning, secondItemBeforeRefusal, stepsOf } from "../story.ts";

export const checks: readonly Check[] = [
  check("FirstItemAdded is refused after a second item was stored", async (lab) => {
    const order = lab.order();
    await secondItemBeforeRefusal(lab, order);
    const [refused] = stepsOf(order.trace, "notSent", { type: "FirstItemAdded" });
    if (refused === undefined) return fail("fault never fired");
    const second = stepsOf(order.trace, "stored", { container: "orders" }).find(
      ({ document: { lines } }) => Array.isArray(lines) && lines.length === 2,
    );
    if (second === undefined || second.n > refused.n) {
      fail("FirstItemAdded was refused before a second item was stored");
    }
  }),

  check(
    "proof: Marketing never hears FirstItemAdded",
    async (lab) => {
      const order = lab.order();
      await secondItemBeforeRefusal(lab, order);
      const times = heardOfBeginning(order);
      if (times > 0) fail(`heard ${times === 1 ? "once" : `${times} times`}`);
    },
    { until: 9 },
  ),

  check("unharmed, it is heard once", async (lab) => {
    const order = lab.order();
    await add(lab, order, "Spinach");
    await add(lab, order, "Spinach");
    const times = heardOfBeginning(order);
    if (times !== 1) fail(`FirstItemAdded: expected 1, got ${times}`);
  }),
];
