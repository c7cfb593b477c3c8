import type { Sent } from "./broker.ts";
import { type FaultPlan, longFaults, retention } from "./faults.ts";
import { planted } from "./loads.ts";
import type { World } from "./world.ts";

/** What must hold at rest, and how it is told that it does not. */
export type Invariant =
  | "everything comes to rest"
  | "no message runs out of deliveries"
  | "nothing is lost"
  | "nothing is processed twice"
  | "no ghost"
  | "copies are alike"
  | "state as after a serial run"
  | "quarantine holds what it must, and nothing else"
  | "a late copy changes nothing"
  | "a client is answered rightly";

export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
}

/** What a run without faults ends with: the measure of all others. */
export interface Expected {
  readonly states: ReadonlyMap<string, string>;
  /** Type and body of every message that is sent. Not its id: a wrong one must show in what it does. */
  readonly contents: ReadonlySet<string>;
}

export const expectationOf = (played: World): Expected => ({
  states: statesOf(played),
  contents: new Set(played.queues.sent.map(({ message }) => contentOf(message))),
});

/** What is wrong with how a run ended. */
export function judge(played: World, plan: FaultPlan, { states, contents }: Expected): Violation[] {
  const { queues, quarantined, memory, clients } = played;
  const violations: Violation[] = [];
  const wrong = (invariant: Invariant, text: string) => violations.push({ invariant, text });

  const open = queues.held.filter(({ state }) => state === "waiting" || state === "locked");
  if (open.length > 0)
    wrong(
      "everything comes to rest",
      `${open.map(({ outgoing }) => outgoing.type).join(", ")} still in a queue`,
    );
  if (memory.outbox.size > 0) wrong("everything comes to rest", `${memory.outbox.size} outbox items unsent`);
  for (const { outgoing } of [...queues.deadLettered, ...queues.dead()])
    wrong("no message runs out of deliveries", `${outgoing.type} is dead-lettered`);

  for (const answer of clients.wrongAnswers) wrong("a client is answered rightly", answer);

  const copies = Map.groupBy(queues.sent, ({ message }) => message.id);
  for (const sent of copies.values()) violations.push(...wrongCopies(sent, contents));

  // What was stopped is visible to an operator, and so not lost; what it would have caused is not expected then.
  const kinds = [...plan.values()];
  const isLong = kinds.some((kind) => longFaults.includes(kind));
  const excuses = new Set([
    ...(isLong ? ["too old"] : []),
    ...(kinds.includes("refused for good") ? ["refused"] : []),
  ]);
  const stopped = quarantined.filter(({ id }) => !planted.some((one) => one.id === id));
  for (const { type, reason } of stopped)
    if (!excuses.has(reason))
      wrong("quarantine holds what it must, and nothing else", `${type} is there: ${reason}`);
  for (const { id, reason } of planted)
    if (
      played.variant.load === "stopped" &&
      !quarantined.some((one) => one.id === id && one.reason === reason)
    )
      wrong(
        "quarantine holds what it must, and nothing else",
        `the planted message (${reason}) is not there`,
      );

  const reached = statesOf(played);
  if (stopped.length > 0 || (isLong && clients.unanswered.length > 0))
    return [...violations, ...tooMuch(reached, states)];
  const sent = new Set(queues.sent.map(({ message }) => contentOf(message)));
  for (const content of contents)
    if (!sent.has(content)) wrong("nothing is lost", `${content} was never sent`);
  for (const [aggregate, value] of states) {
    const got = reached.get(aggregate);
    if (got !== value) wrong("state as after a serial run", `${aggregate}: ${differences(got, value)}`);
  }
  return violations;
}

function differences(got: string | undefined, wanted: string): string {
  if (got === undefined) return "there is none";
  const is: Record<string, unknown> = JSON.parse(got);
  return Object.entries<unknown>(JSON.parse(wanted))
    .map(([name, value]) => ({ name, is: JSON.stringify(is[name]), should: JSON.stringify(value) }))
    .filter(({ is, should }) => is !== should)
    .map(({ name, is, should }) => `${name} is ${is}, not ${should}`)
    .join("; ");
}

/** What late copies have done: they must have found that all is done, or have been stopped. */
export function judgeLate(played: World, before: { states: string; sent: number }): Violation[] {
  const { processed, quarantined, queues, memory } = played;
  const late = (text: string): Violation => ({ invariant: "a late copy changes nothing", text });
  const twice = processed.filter((key, index) => processed.indexOf(key) !== index);
  const violations = twice.map(
    (key): Violation => ({ invariant: "nothing is processed twice", text: nameOf(played, key) }),
  );
  if (memory.outbox.size > 0) violations.push(late("something is unsent"));
  // What was refused was not processed: a copy that is not too old yet may be the first that is.
  if (quarantined.some(({ reason }) => reason === "refused")) return violations;
  if (snapshot(played).states !== before.states) violations.push(late("the states are others than before"));
  for (const { message } of queues.sent.slice(before.sent)) violations.push(late(`${message.type} was sent`));
  return violations;
}

function nameOf({ queues }: World, key: string): string {
  const [endpoint, aggregate, id] = JSON.parse(key) as string[];
  const type = queues.sent.find(({ message }) => message.id === id)?.message.type;
  return `${endpoint} ${aggregate} has processed ${type} more than once`;
}

export const snapshot = (played: World): { states: string; sent: number } => ({
  states: JSON.stringify([...statesOf(played)].sort()),
  sent: played.queues.sent.length,
});

/** What is wrong with the copies of one message: nobody decided it, or they are not alike. */
function wrongCopies([first, ...others]: readonly Sent[], expected: ReadonlySet<string>): Violation[] {
  if (first === undefined) return [];
  const { type, body, createdAt } = first.message;
  const content = contentOf(first.message);
  if (!expected.has(content)) return [{ invariant: "no ghost", text: `nobody decided to send ${content}` }];
  // A client's copy from beyond retention may have a request record of its own: the guard stops it (18, 8).
  const comparable = others.filter(({ at }) => at - first.at < retention.retention);
  return comparable.some(({ message }) => message.body !== body || message.createdAt !== createdAt)
    ? [{ invariant: "copies are alike", text: `copies of ${type} differ` }]
    : [];
}

const contentOf = ({ type, body }: Sent["message"]): string => `${type} ${timeless(body)}`;

/** Without what depends on when a message was made. */
const timeless = (json: string): string => json.replace(/"grantedAt":"[^"]*"/g, '"grantedAt":"some time"');

/** With something in quarantine, effects may be missing, but none may be there twice. */
function tooMuch(reached: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): Violation[] {
  return [...reached].flatMap(([aggregate, text]): Violation[] => {
    const most: unknown = JSON.parse(expected.get(aggregate) ?? "null");
    if (!exceeds(JSON.parse(text), most)) return [];
    const told = `${aggregate} is ${text}, more than ${expected.get(aggregate)}`;
    return [{ invariant: "state as after a serial run", text: told }];
  });
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
    [...memory.states].map(([key, { state }]) => [
      (JSON.parse(key) as string[]).join(" ").trim(),
      timeless(JSON.stringify(state.value)),
    ]),
  );
