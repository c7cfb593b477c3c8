import { type Check, check, fail } from "../../lab/check.ts";
import { cameAfter, linesOf, mushroomsThenRemoval, shown } from "../story.ts";

export const checks: readonly Check[] = [
  check("RemoveItem is complete between the copies", async (lab) => {
    const order = lab.order();
    const { added, removed } = await mushroomsThenRemoval(lab, order);
    if (!cameAfter(order, added, removed)) fail("RemoveItem did not come between the copies");
  }),

  check(
    "proof: Mushrooms is back",
    async (lab) => {
      const order = lab.order();
      await mushroomsThenRemoval(lab, order);
      const lines = await linesOf(order);
      if (!lines.includes("Mushrooms")) fail(`expected [Mushrooms], got ${shown(lines)}`);
    },
    { until: 6 },
  ),
];
