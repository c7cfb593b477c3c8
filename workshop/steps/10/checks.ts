import { during } from "../../../emulators/faults/index.ts";
import { type Check, type CheckLab, check, fail, type OrderLab } from "../../lab/check.ts";
import { add, heardOfBeginning, secondItemBeforeRefusal, stepsOf } from "../story.ts";

/** The second run of the first command waits until the second command is complete. */
const heldRetry = (order: OrderLab) =>
  during("host", "invoke")
    .of("orders")
    .carrying("AddItem")
    .about(order.id)
    .from(2)
    .named("the retry waits until the next command is complete")
    .holdUntil(during("serviceBus", "complete").of("orders").about(order.id));

/** Adds Spinach, whose retry is held, and a second portion meanwhile. @returns the first command's id */
async function secondItemBeforeRetry(lab: CheckLab, order: OrderLab): Promise<string> {
  const first = await order.addItem("Spinach");
  await order.until((trace) => stepsOf(trace, "fault", { fault: "hold" }).length > 0, "the retry is held");
  await add(lab, order, "Spinach");
  return first;
}

const idsOf = (messages: readonly { readonly messageId: string }[]): readonly string[] => [
  ...new Set(messages.map(({ messageId }) => messageId)),
];

export const checks: readonly Check[] = [
  check("Marketing hears FirstItemAdded after a failed send", async (lab) => {
    const order = lab.order();
    await secondItemBeforeRefusal(lab, order);
    if (stepsOf(order.trace, "notSent", { type: "FirstItemAdded" }).length === 0) fail("fault never fired");
    const times = heardOfBeginning(order);
    if (times !== 1) fail(`FirstItemAdded: expected 1, got ${times}`);
  }),

  check("a retry sends exactly what the first run decided", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("serviceBus", "send")
        .of("events")
        .carrying("FirstItemAdded")
        .about(order.id)
        .named("FirstItemAdded is refused")
        .refuse("EntityDisabled"),
      heldRetry(order),
    );
    const messageId = await secondItemBeforeRetry(lab, order);
    const [retry] = stepsOf(order.trace, "delivered", { to: "orders", messageId, delivery: 2 });
    const [other] = stepsOf(order.trace, "settled", { to: "orders" });
    const sent = stepsOf(order.trace, "sent", { entity: "events" });
    const refused = stepsOf(order.trace, "notSent", { entity: "events" });
    const first = sent.filter(({ n }) => n < (retry?.n ?? 0));
    const again = idsOf(sent.filter(({ n }) => n > (other?.n ?? 0)));
    const decided = idsOf([...first, ...refused]);
    const arrived = idsOf(sent);
    if (decided.some((id) => !arrived.includes(id)) || again.some((id) => !decided.includes(id))) {
      fail(`decided ${decided.length}, retry sent ${again.length}`);
    }
  }),

  check("a crash between write and dispatch loses nothing", async (lab) => {
    const order = lab.order();
    await lab.faults(
      during("serviceBus", "send")
        .of("events")
        .about(order.id)
        .named("the worker dies before the first event has left it")
        .killWorker("before"),
      heldRetry(order),
    );
    await secondItemBeforeRetry(lab, order);
    if (heardOfBeginning(order) === 0) fail("FirstItemAdded missing");
  }),

  check("what was decided is in the write that changed the order", async (lab) => {
    const order = lab.order();
    await lab.faults(
      // Not an empty order, which somebody may store first.
      during("cosmos", "create", "upsert", "replace", "batch")
        .of("orders")
        .about(order.id)
        .with({ lines: "Spinach" })
        .named("the worker dies when the change is stored")
        .killWorker("after"),
      heldRetry(order),
    );
    await secondItemBeforeRetry(lab, order);
    if (heardOfBeginning(order) === 0) fail("FirstItemAdded was not in it");
  }),

  check("outbox empty afterwards, id remembered", async (lab) => {
    const order = lab.order();
    const id = await add(lab, order, "Spinach");
    const stored = JSON.stringify((await order.order()) ?? {});
    if (stored.includes('"ItemAdded"')) fail("the order still holds ItemAdded, which was sent");
    if (!stored.includes(id)) fail("the order has forgotten the id of the command that it has processed");
  }),
];
