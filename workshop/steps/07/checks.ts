import { during } from "../../../emulators/faults/index.ts";
import { type Check, check, fail } from "../../lab/check.ts";
import { add, cameAfter, chargesOf, count, linesOf, mushroomsThenRemoval, stepsOf } from "../story.ts";

export const checks: readonly Check[] = [
  check("a late copy does not bring Mushrooms back", async (lab) => {
    const order = lab.order();
    const { added, removed } = await mushroomsThenRemoval(lab, order);
    if (!cameAfter(order, added, removed)) fail("fault never fired: no copy of AddItem was late");
    if ((await linesOf(order)).includes("Mushrooms")) fail("resurrected: Mushrooms");
  }),

  check("two commands add two portions", async (lab) => {
    const order = lab.order();
    await add(lab, order, "Spinach");
    await add(lab, order, "Spinach");
    const portions = count(await linesOf(order), "Spinach");
    if (portions !== 2) fail(`expected 2, got ${portions}`);
  }),

  check("change and id travel in one write", async (lab) => {
    const order = lab.order();
    const id = await add(lab, order, "Spinach");
    const writes = stepsOf(order.trace, "stored", { container: "orders" }).map(({ document }) => document);
    const change = writes.find(({ lines }) => Array.isArray(lines) && lines.includes("Spinach"));
    if (!JSON.stringify(change ?? {}).includes(id)) fail("no processed id in the write");
  }),

  check("the retry still publishes", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("serviceBus", "send")
        .of("events")
        .carrying("ItemAdded")
        .about(order.id)
        .named("the first ItemAdded is refused")
        .refuse("EntityDisabled"),
    );
    await add(lab, order, "Spinach");
    if (!(await chargesOf(order)).includes("Spinach")) fail("lost: no ItemAdded, queue empty");
  }),
];
