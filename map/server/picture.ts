import type { ShownEvent as CosmosEvent } from "../../emulators/cosmos/index.ts";
import type { Firing } from "../../emulators/faults/index.ts";
import type { HostEvent } from "../../emulators/functions-host/index.ts";
import type { ShownEvent as ServiceBusEvent } from "../../emulators/service-bus/index.ts";
import type { SqlEvent } from "../../emulators/sql/index.ts";
import type { ProcessEvent, ServerName } from "../../emulators/stack.ts";
import type { Contents, NodeId, NodeState } from "../protocol.ts";
import { createBrokerPart } from "./broker-part.ts";
import { createCosmosPart } from "./cosmos-part.ts";
import type { Effect } from "./effects.ts";
import { createHostPart } from "./host-part.ts";
import { createLineage } from "./lineage.ts";
import { type EndpointName, endpoints, nodeOfPoint, nodes, serverNodes } from "./places.ts";
import { createSqlPart } from "./sql-part.ts";
import { createStoreContents, type StoreContents } from "./store-contents.ts";

/** What is where, from the servers' events alone; it reads no clock and talks to nobody. */
export interface Picture {
  /** @param at when it came, for events that carry no time themselves */
  receive(server: ServerName, event: unknown, at: number): readonly Effect[];
  /** A fault that struck. */
  struck(firing: Firing): Effect;
  state(node: NodeId): NodeState;
  all(): Record<NodeId, NodeState>;
  contents(node: NodeId): Contents;
  /** The order of a message, as far as it is known by now. */
  orderOf(message: string): string | undefined;
}

type Keeper = "cosmos" | "sql";
const keepers: Readonly<Record<Keeper, string>> = { cosmos: "Cosmos DB", sql: "SQL Server" };

export function createPicture(): Picture {
  const lineage = createLineage();
  const up = new Set<string>();
  const stores = new Map(
    endpoints.map((name) => [
      name,
      { keeper: undefined as Keeper | undefined, contents: createStoreContents() },
    ]),
  );
  const broker = createBrokerPart(lineage);
  const host = createHostPart();
  const cosmos = createCosmosPart(kept("cosmos"), lineage);
  const sql = createSqlPart(kept("sql"), lineage);

  /** The endpoint's store, which that server keeps, as we see now. */
  function kept(keeper: Keeper) {
    return (endpoint: EndpointName): StoreContents => {
      const store = stores.get(endpoint);
      if (store === undefined) throw new Error(`there is no store of ${endpoint}`);
      store.keeper = keeper;
      return store.contents;
    };
  }

  function process(server: ServerName, { action }: ProcessEvent, at: number): readonly Effect[] {
    if (action === "ended") up.delete(server);
    else up.add(server);
    if (server === "host") host.ended();
    if (action === "started" && server === "serviceBus") broker.restarted();
    if (action === "started" && (server === "cosmos" || server === "sql")) {
      for (const { keeper, contents } of stores.values()) if (keeper === server) contents.clear();
    }
    if (server === "azurite") return [];
    const text = action === "ended" ? `${server} has ended` : `${server} is starting`;
    return [
      {
        at,
        server,
        kind: "server",
        node: server,
        touched: nodes.filter((node) => serverOf(node) === server),
        text,
      },
    ];
  }

  function serverOf(node: NodeId): string | undefined {
    const [kind = "", name = ""] = node.split(":");
    if (kind === "queue" || kind === "topic") return "serviceBus";
    if (kind === "store") return stores.get(name as EndpointName)?.keeper;
    return kind === "client" ? undefined : name === "" && isServer(kind) ? kind : "host";
  }

  function state(node: NodeId): NodeState {
    const [kind = "", name = ""] = node.split(":");
    const server = serverOf(node);
    const isUp = server === undefined || up.has(server);
    if (kind === "queue" || kind === "topic") return { up: isUp, ...broker.state(node) };
    if (kind === "store") {
      const store = stores.get(name as EndpointName);
      const note = store?.keeper === undefined ? "" : keepers[store.keeper];
      return { up: isUp, note, ...(store?.contents.state() ?? { counts: {}, items: [] }) };
    }
    return { up: isUp, items: [], ...host.state(node) };
  }

  return {
    receive(server, event, at) {
      if (isProcessEvent(event)) return process(server, event, at);
      // Both ends are this project's, so an event's form is trusted.
      switch (server) {
        case "serviceBus":
          return one(broker.apply(event as ServiceBusEvent));
        case "cosmos":
          return cosmos.apply(event as CosmosEvent, at);
        case "sql":
          return sql.apply(event as SqlEvent, at);
        case "host":
          return one(host.apply(event as HostEvent, at));
        default:
          return [];
      }
    },
    struck({ at, rule, kind, point }) {
      const order = point.server === "cosmos" ? /^orders:(.+)$/.exec(point.aggregate ?? "")?.[1] : undefined;
      const known = lineage.about(point.logicalId);
      const about = { ...known, type: known.type ?? point.messageType, order: known.order ?? order };
      const what = [point.operation, point.entity, about.type].filter((part) => part !== undefined).join(" ");
      return {
        at,
        server: point.server,
        kind: "fault",
        node: nodeOfPoint(point),
        text: `fault ${kind} strikes ${what}: ${rule}`,
        about,
      };
    },
    state,
    orderOf: (message) => lineage.about(message).order,
    all: () => Object.fromEntries(nodes.map((node) => [node, state(node)])),
    contents(node) {
      const [kind = "", name = ""] = node.split(":");
      const lists =
        kind === "store"
          ? (stores.get(name as EndpointName)?.contents.lists() ?? [])
          : kind === "queue" || kind === "topic"
            ? broker.contents(node)
            : [];
      return { node, lists };
    },
  };
}

const isServer = (name: string): boolean => (serverNodes as readonly string[]).includes(name);

const one = (effect: Effect | undefined): readonly Effect[] => (effect === undefined ? [] : [effect]);

const isProcessEvent = (event: unknown): event is ProcessEvent =>
  typeof event === "object" && event !== null && "type" in event && event.type === "process";
