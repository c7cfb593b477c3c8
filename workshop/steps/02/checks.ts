import { type Check, check, fail } from "../../lab/check.ts";
import { add, count, linesOf, stepsOf } from "../story.ts";

export const checks: readonly Check[] = [
  check("Meat reaches Orders twice under one id", async (lab) => {
    for (const which of ["", "the second Meat: "]) {
      const order = lab.order();
      const messageId = await add(lab, order, "Meat");
      const deliveries = stepsOf(order.trace, "delivered", { to: "orders", messageId });
      const copies = new Set(deliveries.map(({ copy }) => copy)).size;
      if (copies < 2) fail(`${which}expected 2 deliveries, saw ${copies}`);
    }
  }),

  check("a handler that outlives its lock runs twice", async (lab) => {
    const order = lab.order();
    const messageId = await add(lab, order, "Sauerkraut");
    const runs = stepsOf(order.trace, "delivered", { to: "orders", messageId });
    if (runs.length < 2) fail(`expected 2 runs, saw ${runs.length}`);
    if (stepsOf(order.trace, "deadLettered", { to: "orders", messageId }).length > 0) {
      fail("Sauerkraut ended as a dead letter: its lock is to be lost once");
    }
    // Locks are counted, not runs: a run that is refused with 409 comes once more.
    const lost = stepsOf(order.trace, "lockLost", { to: "orders", messageId }).length;
    if (lost === 0) fail(`${runs.length} runs, but none of them has lost its lock`);
    if (lost > 1) fail(`expected 1 lost lock, saw ${lost}`);
  }),

  check("both leave one line", async (lab) => {
    for (const filling of ["Meat", "Sauerkraut"]) {
      const order = lab.order();
      // Two runs of one message meet in a document that is there already: one of them is refused with 412.
      await add(lab, order, "Spinach");
      await add(lab, order, filling);
      const portions = count(await linesOf(order), filling);
      if (portions !== 1) fail(`expected 1 ${filling}, got ${portions}`);
    }
  }),
];
