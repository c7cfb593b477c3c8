import { orders } from "../../shared/pierogi/orders.ts";
import type { Sent } from "./broker.ts";
import { type FaultPlan, retention } from "./faults.ts";
import { type Sabotage, type Variant, type World, world } from "./world.ts";

/** What a run without faults ends with: the measure of all others. */
export interface Expected {
  readonly states: ReadonlyMap<string, string>;
  /** Body of every message that is sent, by logical id. */
  readonly bodies: ReadonlyMap<string, string>;
}

export interface Run {
  /** Steps and the faults that struck them, in order. */
  readonly trace: readonly string[];
  readonly stepCount: number;
  /** What is wrong with how it ended; empty: nothing. */
  readonly violations: readonly string[];
}

const submit = "00000000-0000-4000-8000-000000000001";
const add = "00000000-0000-4000-8000-000000000002";
const poison = "00000000-0000-4000-8000-000000000003";

/** One order to submit, worth a coupon, one to begin for the same customer at the same time, and a message of nobody's. */
async function play(variant: Variant, plan: FaultPlan, seed: number, sabotage?: Sabotage): Promise<World> {
  const played = world(variant, plan, seed, sabotage);
  const lines = [{ filling: "Meat", portions: 5, cents: 11_000 }];
  const value = { ...orders.initial, customerId: "ann", lines, version: 1 };
  played.memory.states.set(JSON.stringify(["orders", "1", ""]), {
    state: { schema: orders.schema, value },
    version: "prepared",
  });
  void played.send(submit, { type: "SubmitOrder", orderId: "1" });
  const item = { orderId: "2", customerId: "ann", filling: "Spinach", portions: 1 } as const;
  void played.send(add, { type: "AddItem", ...item });
  const stranger = { type: "Poison", schema: 1, createdAt: played.time.now(), body: "{}" };
  played.queues.accept([{ ...stranger, id: poison, destination: "billing" }]);
  await played.settle();
  return played;
}

export async function expectedOf(variant: Variant): Promise<Expected> {
  const played = await play(variant, new Map(), 1);
  return {
    states: statesOf(played),
    bodies: new Map(played.queues.sent.map(({ message }) => [message.id, timeless(message.body)])),
  };
}

/** Plays one schedule to its end, and judges it. */
export async function runSchedule(
  variant: Variant,
  plan: FaultPlan,
  seed: number,
  expected: Expected,
  sabotage?: Sabotage,
): Promise<Run> {
  const played = await play(variant, plan, seed, sabotage);
  const atRest = judge(played, expected);
  const before = JSON.stringify([...statesOf(played)].sort());
  const sentBefore = played.queues.sent.length;
  const trace = [...played.trace];
  await played.deliverLateCopies();
  const late = [
    ...(JSON.stringify([...statesOf(played)].sort()) === before
      ? []
      : ["a copy that came after retention was processed"]),
    ...(played.queues.sent.length === sentBefore ? [] : ["a copy that came after retention caused messages"]),
  ];
  return { trace, stepCount: trace.length, violations: [...atRest, ...late] };
}

function judge(played: World, { states, bodies }: Expected): string[] {
  const { queues, quarantined, memory } = played;
  const violations: string[] = [];
  const open = queues.held.filter(({ state }) => state !== "done");
  if (open.length > 0)
    violations.push(`not at rest: ${open.map(({ outgoing }) => outgoing.type).join(", ")} in a queue`);
  if (memory.outbox.size > 0) violations.push(`not at rest: ${memory.outbox.size} outbox items unsent`);

  const copies = Map.groupBy(queues.sent, ({ message }) => message.id);
  for (const [id, sent] of copies) violations.push(...wrongCopies(sent, bodies.get(id)));

  if (!quarantined.some(({ id }) => id === poison))
    violations.push("lost: the message of nobody's is not in quarantine");
  const stopped = quarantined.filter(({ id }) => id !== poison);
  for (const { id, reason } of stopped) {
    const processed = [...memory.records.keys()].some((key) => key.includes(id));
    if (reason === "refused" && processed) violations.push(`${id} was processed, and quarantined as refused`);
  }

  const reached = statesOf(played);
  // What was stopped is visible to an operator, and so not lost; what it would have caused is not expected then.
  if (stopped.length > 0) return [...violations, ...tooMuch(reached, states)];
  for (const id of bodies.keys()) if (!copies.has(id)) violations.push(`lost: ${id} was never sent`);
  for (const [aggregate, value] of states) {
    const got = reached.get(aggregate);
    if (got !== value) violations.push(`${aggregate} is ${got}, not ${value}`);
  }
  return violations;
}

/** What is wrong with the copies of one message: nobody decided it, or they are not alike. */
function wrongCopies([first, ...others]: readonly Sent[], expectedBody: string | undefined): string[] {
  if (first === undefined) return [];
  const { type, body, createdAt } = first.message;
  if (expectedBody === undefined) return [`ghost: nobody decided to send ${type} ${body}`];
  if (timeless(body) !== expectedBody) return [`wrong content: ${type} says ${body}, not ${expectedBody}`];
  // A client's copy from beyond retention may have a request record of its own: the guard stops it (18, 8).
  const comparable = others.filter(({ at }) => at - first.at < retention.retention);
  const differs = comparable.some(({ message }) => message.body !== body || message.createdAt !== createdAt);
  return differs ? [`copies of ${type} differ`] : [];
}

/** Without what depends on when a message was made. */
const timeless = (json: string): string => json.replace(/"grantedAt":"[^"]*"/g, '"grantedAt":"some time"');

/** With something in quarantine, effects may be missing, but none may be there twice. */
function tooMuch(reached: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string[] {
  const violations: string[] = [];
  for (const [aggregate, text] of reached) {
    const most: unknown = JSON.parse(expected.get(aggregate) ?? "null");
    const got: unknown = JSON.parse(text);
    if (exceeds(got, most)) violations.push(`${aggregate} is ${text}, more than ${expected.get(aggregate)}`);
  }
  return violations;
}

/** Whether a number in it is greater, or a list longer, than in the other. */
function exceeds(got: unknown, most: unknown): boolean {
  if (typeof got === "number") return typeof most !== "number" || got > most;
  if (Array.isArray(got))
    return !Array.isArray(most) || got.length > most.length || got.some((item, n) => exceeds(item, most[n]));
  if (typeof got !== "object" || got === null) return false;
  const other =
    typeof most === "object" && most !== null ? new Map(Object.entries(most)) : new Map<string, unknown>();
  return Object.entries(got).some(([name, value]) => other.has(name) && exceeds(value, other.get(name)));
}

/** States by aggregate. */
const statesOf = ({ memory }: Pick<World, "memory">): Map<string, string> =>
  new Map(
    [...memory.states].map(([aggregate, { state }]) => [aggregate, timeless(JSON.stringify(state.value))]),
  );
