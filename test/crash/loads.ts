import type { Outgoing } from "../../shared/exactly-once/contracts.ts";
import { addressOf } from "../../shared/messaging/address.ts";
import { billing } from "../../shared/pierogi/billing.ts";
import type { Message } from "../../shared/pierogi/messages.ts";
import { orders } from "../../shared/pierogi/orders.ts";
import { keyOf, type Request } from "./client.ts";
import type { World } from "./world.ts";

/** Messages that must end in quarantine, and why. */
export const planted = [
  { id: "00000000-0000-4000-8000-000000000008", reason: "unknown type" },
  { id: "00000000-0000-4000-8000-000000000009", reason: "future" },
] as const;

const year = 366 * 86_400_000;
const plantsAt = 15_000;
const line = { filling: "Meat", portions: 5, cents: 11_000 };

/** What is stored before: order 1 is ready to be submitted; 3 and 4 are paid, 4 as nobody knows. */
function prepare({ memory }: World): void {
  const begun = { ...orders.initial, customerId: "ann", lines: [line], version: 1 };
  const payment = { version: 1, cents: 11_000 };
  const paid = { ...begun, status: "paid", payment, version: 3 };
  const account = { payments: [{ orderId: "3", cents: 11_000, status: "booked", version: 1 }] };
  const states = [
    ["orders", "1", orders.schema, begun],
    ["orders", "3", orders.schema, paid],
    ["orders", "4", orders.schema, paid],
    ["billing", "ann", billing.schema, account],
  ] as const;
  for (const [endpoint, id, schema, value] of states)
    memory.states.set(JSON.stringify([endpoint, id, ""]), { state: { schema, value }, version: "prepared" });
}

const addItem = (portions: number): Message => ({
  type: "AddItem",
  orderId: "2",
  customerId: "ann",
  filling: "Spinach",
  portions,
});

/** Starts a load; what becomes of it shows when the world has come to rest. */
export function begin(world: World): void {
  prepare(world);
  const { time, queues, variant } = world;
  const add = { key: "00000000-0000-4000-8000-000000000001", orderId: "2", message: addItem(1) };
  const timed = keyOf(time.now());
  switch (variant.load) {
    case "add":
      send(world, add, { ...add, message: addItem(2) });
      time.after(plantsAt, () => plantDeadCopy(world));
      return;
    case "submit and add":
      send(world, { key: timed, orderId: "1", message: { type: "SubmitOrder", orderId: "1" } });
      send(world, add);
      return;
    case "cancel":
      send(world, { key: timed, orderId: "3", message: { type: "CancelOrderPayment", orderId: "3" } });
      send(world, { ...add, orderId: "4", message: { type: "CancelOrderPayment", orderId: "4" } });
      return;
    case "stopped": {
      const remove: Message = { type: "RemoveItem", orderId: "1", filling: "Meat" };
      const stranger = { type: "Poison", schema: 1, destination: "billing", body: "{}" };
      const [poison, future] = planted;
      queues.accept([
        { ...stranger, id: poison.id, createdAt: time.now() },
        { ...addressOf(remove), id: future.id, createdAt: time.now() + year },
      ]);
    }
  }
}

/** @param reused What a client asks for under the same key, once it has its answer */
function send({ variant, time, queues, clients }: World, request: Request, reused?: Request): void {
  if (variant.entry === "message") {
    queues.accept([{ ...addressOf(request.message), id: request.key, createdAt: time.now() }]);
    return;
  }
  const answered = clients.insist(request);
  if (reused !== undefined)
    void answered.then((answer) => (answer === "accepted" ? clients.reuse(reused) : undefined));
}

/** Of the first message that was sent a copy ran out of deliveries; nobody knows whether another was processed. */
function plantDeadCopy({ queues }: World): void {
  const first: Outgoing | undefined = queues.sent[0]?.message;
  if (first?.destination === "orders") queues.plantDeadLetter("orders", first);
}
