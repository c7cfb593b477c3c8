import type { ShownEvent } from "../../emulators/service-bus/index.ts";
import type { Contents, Item, NodeId, NodeState } from "../protocol.ts";
import { boundedMap } from "./bounded-map.ts";
import { type Effect, move, named } from "./effects.ts";
import type { Lineage } from "./lineage.ts";
import { aboutMessage, origin } from "./message-facts.ts";
import { isDeadLetterQueue, nodeOfEntity, receiverOf } from "./places.ts";
import { createQueueContents, type Held, type QueueContents } from "./queue-contents.ts";
import { listed } from "./waiting-lists.ts";

type BrokerEvent = Extract<ShownEvent, { entity: string }>;

/** Messages of a place that the picture shows one by one. */
const SHOWN = 8;

/** What lies in Service Bus, from its events. */
export interface BrokerPart {
  apply(event: ShownEvent): Effect | undefined;
  /** Another process has begun: it tells all that it has. */
  restarted(): void;
  state(node: NodeId): Pick<NodeState, "counts" | "items">;
  contents(node: NodeId): Contents["lists"];
}

export function createBrokerPart(lineage: Lineage): BrokerPart {
  const entities = new Map<string, QueueContents>();
  const copies = boundedMap<string, number>(20_000);
  /** The last hop, whose arrival comes next. */
  let forwarded: { messageId: string | undefined; to: string | undefined } | undefined;

  const contentsOf = (entity: string): QueueContents => {
    const contents = entities.get(entity) ?? createQueueContents();
    entities.set(entity, contents);
    return contents;
  };

  function arrived(event: BrokerEvent, node: NodeId): Effect {
    const { entity, messageId, message, sequence = 0, at, deliveryCount = 0, sessionId: session } = event;
    const isDead = isDeadLetterQueue(entity);
    const about = aboutMessage(message, messageId, lineage);
    const key = `${entity} ${about.message}`;
    const copy = (copies.get(key) ?? 0) + 1;
    copies.set(key, copy);
    const { properties = {}, body = "" } = message ?? {};
    const status = isDead ? "dead" : event.state === "active" ? "waiting" : (event.state ?? "waiting");
    const held: Held = {
      ...{ ...about, sequence, messageId, session, since: at, copy, properties, body },
      ...{ delivery: deliveryCount, status },
    };
    contentsOf(entity).add(held);
    const byForward = forwarded?.to === entity && forwarded.messageId === messageId;
    forwarded = undefined;
    const effect = { at, server: "serviceBus", kind: "message", node, about } as const;
    if (event.type === "restored") return { ...effect, text: "" };
    if (isDead) {
      const reason = properties["DeadLetterReason"];
      return {
        ...effect,
        text: `${named(about)} is a dead letter now${reason === undefined ? "" : ` (${String(reason)})`}`,
        move: move(node, node, "dead", about),
      };
    }
    const from = byForward ? "topic:events" : origin(about.message, properties, lineage);
    const again = copy > 1 ? `, copy ${copy}` : "";
    return {
      ...effect,
      text: `${named(about)} waits in queue ${entity}${again}`,
      touched: [from],
      move: move(from, node, "send", about, copy > 1 ? { copy } : {}),
    };
  }

  function settled(event: BrokerEvent, node: NodeId): Effect | undefined {
    const { entity, type, at, sequence = -1, reason } = event;
    const contents = contentsOf(entity);
    const held = contents.get(sequence);
    if (held === undefined) return undefined;
    const { message, type: messageType, order } = held;
    const about = { message, type: messageType, order };
    const receiver = receiverOf(entity);
    const effect = { at, server: "serviceBus", kind: "message", node, touched: [receiver], about } as const;
    const back = () => move(receiver, node, "back", about, { delivery: held.delivery });
    switch (type) {
      case "delivered":
        held.delivery += 1;
        contents.set(held, "locked");
        return {
          ...effect,
          text: `${named(about)} goes to ${nameOf(receiver)}, delivery ${held.delivery}`,
          move: move(node, receiver, "deliver", about, shownNumbers(held)),
        };
      case "completed":
        contents.remove(sequence);
        return { ...effect, text: `${named(about)} is completed in ${entity}` };
      case "abandoned":
        contents.set(held, "waiting");
        return { ...effect, text: `${named(about)} was given back to ${entity}`, move: back() };
      case "lockExpired":
        contents.set(held, "waiting");
        return { ...effect, text: `the lock of ${named(about)} was lost: it waits again`, move: back() };
      case "deferred":
        contents.set(held, "deferred");
        return { ...effect, text: `${named(about)} is put aside` };
      case "deadLettered":
        contents.remove(sequence);
        return {
          ...effect,
          text: `${named(about)} is taken out of ${entity}: ${reason ?? "no reason given"}`,
        };
      case "expired":
        contents.remove(sequence);
        return { ...effect, text: `${named(about)} has waited too long in ${entity}` };
      case "cancelled":
        contents.remove(sequence);
        return { ...effect, text: `${named(about)} was called back` };
      default:
        return undefined;
    }
  }

  function published(event: BrokerEvent, node: NodeId): Effect {
    const { at, message, messageId } = event;
    const about = aboutMessage(message, messageId, lineage);
    const from = origin(about.message, message?.properties ?? {}, lineage);
    return {
      ...{ at, server: "serviceBus", kind: "message", node, about, touched: [from] },
      text: `${named(about)} is published`,
      move: move(from, node, "send", about),
    };
  }

  function sessionOver({ entity, sessionId, at }: BrokerEvent, node: NodeId): Effect {
    contentsOf(entity).release(sessionId ?? "");
    return { at, server: "serviceBus", kind: "message", node, text: "" };
  }

  return {
    apply(event) {
      if (!("entity" in event)) return undefined;
      const node = nodeOfEntity(event.entity);
      if (node === undefined) return undefined;
      switch (event.type) {
        case "forwarded":
          forwarded = { messageId: event.messageId, to: event.to?.toLowerCase() };
          return undefined;
        case "published":
          return published(event, node);
        case "enqueued":
        case "restored":
          return arrived(event, node);
        case "sessionAccepted":
          return undefined;
        case "sessionReleased":
        case "sessionLockExpired":
          return sessionOver(event, node);
        default:
          return settled(event, node);
      }
    },
    restarted: () => {
      for (const contents of entities.values()) contents.clear();
    },
    state(node) {
      const counts: Record<string, number> = {};
      const items: Item[] = [];
      for (const [entity, contents] of entities) {
        if (nodeOfEntity(entity) !== node) continue;
        for (const [status, n] of Object.entries(contents.counts)) counts[status] = (counts[status] ?? 0) + n;
        items.push(...contents.first(SHOWN).map((held) => itemOf(entity, held)));
      }
      return { counts, items: items.slice(0, SHOWN) };
    },
    contents: (node) =>
      [...entities]
        .filter(([entity]) => nodeOfEntity(entity) === node)
        .map(([name, contents]) => listed(name, contents)),
  };
}

const shownNumbers = ({ delivery, copy }: Held) => (copy > 1 ? { delivery, copy } : { delivery });

const nameOf = (node: NodeId): string =>
  node.startsWith("function:") ? node.slice("function:".length) : "an operator";

const itemOf = (entity: string, held: Held): Item => ({
  key: `${entity}#${held.sequence}`,
  type: held.type ?? "?",
  status: held.status,
  order: held.order,
  delivery: held.delivery,
  since: held.since,
  ...(held.copy > 1 ? { copy: held.copy } : {}),
});
