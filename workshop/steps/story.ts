import { type CheckLab, fail, type OrderLab } from "../lab/check.ts";
import type { TraceStep } from "../lab/trace.ts";

/*
 * What checks ask about an order. They look at what was stored and at what went over the wire, never at how the
 * attendee's code is written.
 */

/** The fillings in the order, one for each portion. */
export const linesOf = async (order: OrderLab): Promise<readonly string[]> =>
  textsIn((await order.order())?.["lines"]);

/** The fillings that Billing charges for. */
export const chargesOf = async (order: OrderLab): Promise<readonly string[]> =>
  textsIn((await order.billing())?.["charges"]);

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

export const count = <T>(list: readonly T[], wanted: T): number =>
  list.filter((each) => each === wanted).length;

/** As the messages of checks show a list: "[Spinach, Meat]". */
export const shown = (list: readonly string[]): string => `[${list.join(", ")}]`;

type Kind = TraceStep["kind"];
type StepOf<K extends Kind> = Extract<TraceStep, { kind: K }>;

/** The steps of one kind with these facts. */
export const stepsOf = <K extends Kind>(
  trace: readonly TraceStep[],
  kind: K,
  facts: Partial<StepOf<K>> = {},
): readonly StepOf<K>[] =>
  trace.filter(
    (step): step is StepOf<K> =>
      step.kind === kind &&
      Object.entries(facts).every(([name, value]) => (step as Record<string, unknown>)[name] === value),
  );

/** Adds a filling, and waits until all that it causes is done. @returns the command's id */
export async function add(lab: CheckLab, order: OrderLab, filling: string): Promise<string> {
  const id = await order.addItem(filling);
  await lab.rest();
  return id;
}

export async function remove(lab: CheckLab, order: OrderLab, filling: string): Promise<string> {
  const id = await order.removeItem(filling);
  await lab.rest();
  return id;
}

/** A fault of the app's plan that an exercise stands on must have struck, or the check proves nothing. */
export function mustHaveStruck(order: OrderLab, fault: StepOf<"fault">["fault"], what: string): void {
  if (stepsOf(order.trace, "fault", { fault }).length === 0) fail(`fault never fired: ${what}`);
}

/** A handler must have failed of what the database refused for good. */
export function mustHaveFailed(order: OrderLab, messageId: string): void {
  if (stepsOf(order.trace, "failed", { to: "orders", messageId }).length === 0) {
    fail("the handler caught the refusal and went on as if nothing had happened");
  }
}

/** Sends Mushrooms, and RemoveItem as soon as the first copy is done; the other one may be held until then. */
export async function mushroomsThenRemoval(lab: CheckLab, order: OrderLab) {
  const added = await order.addItem("Mushrooms");
  const ofCommand = { messageId: added, type: "AddItem" };
  await order.until(
    (trace) =>
      stepsOf(trace, "settled", { ...ofCommand, to: "orders" }).length +
        stepsOf(trace, "fault", { ...ofCommand, fault: "hold" }).length >=
      2,
    "one copy of AddItem is done, and the other one, too, or held",
  );
  const removed = await order.removeItem("Mushrooms");
  await lab.rest();
  return { added, removed };
}

/** Whether a copy of a command was handled after another command was. */
export function cameAfter(order: OrderLab, late: string, early: string): boolean {
  const [first] = stepsOf(order.trace, "settled", { to: "orders", messageId: early });
  const last = stepsOf(order.trace, "handled", { to: "orders", messageId: late }).at(-1);
  return first !== undefined && last !== undefined && last.n > first.n;
}

/** Adds Strawberry, and a second item as soon as the first one is held, or done. */
export async function secondItemBeforeRefusal(lab: CheckLab, order: OrderLab): Promise<void> {
  const messageId = await order.addItem("Strawberry");
  await order.until(
    (trace) =>
      stepsOf(trace, "fault", { fault: "hold" }).length > 0 ||
      stepsOf(trace, "settled", { to: "orders", messageId }).length > 0,
    "Strawberry is held, or done",
  );
  await order.addItem("Spinach");
  await lab.rest();
}

/** How many different FirstItemAdded Marketing has handled: copies have one id. */
export const heardOfBeginning = (order: OrderLab): number =>
  new Set(
    stepsOf(order.trace, "handled", { to: "marketing", type: "FirstItemAdded" }).map(
      ({ messageId }) => messageId,
    ),
  ).size;
