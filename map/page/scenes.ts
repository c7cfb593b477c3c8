import type { FaultRule, NodeId, NodeState } from "../protocol.ts";
import type { About } from "./order-form.tsx";

/** A fault that is ready to be set. */
export interface Scene {
  readonly label: string;
  /** What one will see. */
  readonly hint: string;
  readonly rule: Omit<FaultRule, "name">;
}

type At = FaultRule["at"];

const sends = (entity: string): Scene[] => [
  scene(
    "Broker drops one send",
    "the sender's connection breaks; it sends again",
    { server: "serviceBus", operation: "send", entity },
    { kind: "loseRequest" },
  ),
  scene(
    "Broker takes a send, its answer is lost",
    "the sender sends again: a second copy",
    { server: "serviceBus", operation: "send", entity },
    { kind: "loseAnswer" },
  ),
  scene(
    "Broker is busy, three times",
    "the sender waits and tries again",
    { server: "serviceBus", operation: "send", entity },
    { kind: "refuse", error: "ServerBusy" },
    3,
  ),
  scene(
    "Send twice",
    "two copies of one message",
    { server: "serviceBus", operation: "send", entity },
    { kind: "twice" },
  ),
];

const deliveries = (entity: string): Scene[] => [
  scene(
    "Take the lock away",
    "the message is given to somebody else as well",
    { server: "serviceBus", operation: "complete", entity },
    { kind: "loseLock" },
  ),
  scene(
    "Completing is not heard",
    "done, and delivered again all the same",
    { server: "serviceBus", operation: "complete", entity },
    { kind: "loseRequest" },
  ),
  scene(
    "Delivery waits for two seconds",
    "it lies in the queue, locked",
    { server: "serviceBus", operation: "deliver", entity },
    { kind: "delay", milliseconds: 2_000 },
  ),
];

const workers = (entity: string): Scene[] => [
  scene(
    "Kill this worker before it begins",
    "the message comes again",
    { server: "host", operation: "invoke", entity },
    { kind: "killWorker", when: "before" },
  ),
  scene(
    "Kill this worker when it is done",
    "stored and sent, but not completed: the second time is a repetition",
    { server: "host", operation: "invoke", entity },
    { kind: "killWorker", when: "after" },
  ),
  scene(
    "Freeze this worker for 5 s",
    "as a closed laptop does",
    { server: "host", operation: "invoke", entity },
    { kind: "freezeWorker", milliseconds: 5_000 },
  ),
  scene(
    "The function fails ten times",
    "its message becomes a dead letter",
    { server: "host", operation: "invoke", entity },
    { kind: "refuse", error: "FunctionFailed" },
    10,
  ),
];

function stores(endpoint: string, keeper: "cosmos" | "sql", about: About): Scene[] {
  const aggregate = `${endpoint}:${endpoint === "orders" ? about.order : about.customer}`;
  const at: At =
    keeper === "cosmos"
      ? { server: "cosmos", operation: "batch", aggregate }
      : { server: "sql", operation: "commit", entity: `${endpoint}.Inbox` };
  const never = keeper === "cosmos" ? 413 : 2627;
  const busy = keeper === "cosmos" ? 503 : 40613;
  const of = keeper === "cosmos" ? ` (${aggregate.replace(":", " ")})` : "";
  return [
    scene(`Database stores, its answer is lost${of}`, "the handler can't know, and looks again", at, {
      kind: "loseAnswer",
    }),
    scene(
      `Database is unavailable, three times${of}`,
      "the handler tries again, then gives the message back",
      at,
      { kind: "refuse", error: busy },
      3,
    ),
    scene(`Database says never${of}`, "what can't be stored goes to quarantine or is tried again", at, {
      kind: "refuse",
      error: never,
    }),
  ];
}

/** The ready scenes of a place. */
export function scenesOf(node: NodeId, state: NodeState | undefined, about: About): readonly Scene[] {
  const [kind = "", name = ""] = node.split(":");
  switch (kind) {
    case "queue":
      return [...sends(name), ...deliveries(name)];
    case "topic":
      return sends(name);
    case "function":
      return workers(name);
    case "dispatch":
    case "sweep":
      return workers(kind);
    case "frontend":
      return workers("addItem").slice(0, 2);
    case "store": {
      const sql = state?.note === "SQL Server" || ((state?.note ?? "") === "" && name === "billing");
      return stores(name, sql ? "sql" : "cosmos", about);
    }
    default:
      return [];
  }
}

/** The scenes for a room: one of each sort. */
export const bestScenes = (nodes: Readonly<Record<NodeId, NodeState>>, about: About): readonly Scene[] => [
  ...sends("events").slice(0, 2),
  ...sends("orders").slice(3, 4),
  ...deliveries("orders").slice(0, 1),
  ...scenesOf("store:orders", nodes["store:orders"], about),
  ...workers("orders").slice(1, 2),
  ...workers("billing").slice(3),
];

function scene(label: string, hint: string, at: At, fault: FaultRule["fault"], times = 1): Scene {
  return { label: `${label}${whereOf(at)}`, hint, rule: { at, fault, times } };
}

const whereOf = ({ entity }: At): string =>
  typeof entity === "string" ? `: ${entity.replace(".Inbox", "")}` : "";
