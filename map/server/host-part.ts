import type { HostEvent } from "../../emulators/functions-host/index.ts";
import type { NodeId, NodeState } from "../protocol.ts";
import { type Effect, move } from "./effects.ts";
import { nodeOfFunction } from "./places.ts";

/** What the functions host runs: invocations by place, and its workers. */
export interface HostPart {
  apply(event: HostEvent, at: number): Effect | undefined;
  /** Nothing runs any more. */
  ended(): void;
  state(node: NodeId): Pick<NodeState, "counts">;
}

export function createHostPart(): HostPart {
  const running = new Map<NodeId, Set<string>>();
  const workers = new Set<number>();

  const runningAt = (node: NodeId): Set<string> => {
    const found = running.get(node) ?? new Set();
    running.set(node, found);
    return found;
  };

  function invocation(event: Extract<HostEvent, { type: "invocation" }>, at: number): Effect | undefined {
    const { phase, functionName, invocationId, request, error } = event;
    const node = nodeOfFunction(functionName);
    const invocations = runningAt(node);
    if (phase === "started") invocations.add(invocationId);
    else invocations.delete(invocationId);
    // Reading changes nothing, and pages and programs do it all the time.
    if (request?.startsWith("GET ")) return undefined;
    const about = { type: functionName, order: orderOfPath(request) };
    const effect = { at, server: "host", kind: "function", node, about } as const;
    if (phase === "failed") {
      const failed = { ...effect, text: `${functionName} failed: ${error ?? "no reason given"}` };
      return request === undefined ? failed : { ...failed, move: move(node, "client", "answer", about) };
    }
    if (request === undefined) return { ...effect, text: "" };
    return phase === "started"
      ? { ...effect, kind: "request", text: request, move: move("client", node, "request", about) }
      : {
          ...effect,
          kind: "request",
          text: `${request} is answered`,
          move: move(node, "client", "answer", about),
        };
  }

  return {
    apply(event, at) {
      switch (event.type) {
        case "invocation":
          return invocation(event, at);
        case "worker": {
          const { action, instance, reason } = event;
          if (action === "started") workers.add(instance);
          else workers.delete(instance);
          const text =
            action === "started" ? `worker ${instance} has started` : `worker ${instance} ended: ${reason}`;
          return { at, server: "host", kind: "server", node: "host", text };
        }
        case "message":
          if (event.action !== "settlementFailed") return undefined;
          return {
            ...{ at, server: "host", kind: "function", node: nodeOfFunction(event.functionName) },
            text: `${event.functionName} is done, but could not tell Service Bus: the message comes again`,
          };
        default:
          return undefined;
      }
    },
    ended() {
      running.clear();
      workers.clear();
    },
    state: (node) =>
      node === "host"
        ? { counts: { workers: workers.size } }
        : { counts: { running: running.get(node)?.size ?? 0 } },
  };
}

/** "POST /api/orders/1/items" is about order 1. */
const orderOfPath = (request: string | undefined): string | undefined => {
  const [, id] = /\/api\/orders\/([^/]+)/.exec(request ?? "") ?? [];
  return id === undefined ? undefined : decodeURIComponent(id);
};
