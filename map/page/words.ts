import type { NodeId } from "../protocol.ts";

/** Names of places and messages, as the page shows them. */

const titles: Readonly<Record<NodeId, string>> = {
  client: "client",
  frontend: "HTTP functions",
  "topic:events": "topic events",
  "queue:quarantine": "quarantine",
  dispatch: "dispatch",
  sweep: "sweep",
  host: "functions host",
  serviceBus: "Service Bus",
  cosmos: "Cosmos DB",
  sql: "SQL Server",
};

export function titleOf(node: NodeId): string {
  const [kind = "", name = ""] = node.split(":");
  return titles[node] ?? (kind === "function" ? capital(name) : `${kind} ${name}`);
}

/** A queue's or store's own name, where what it is stands above it. */
export const nameOf = (node: NodeId): string =>
  /^(queue|store):(?!quarantine)/.test(node) ? node.slice("queue:".length) : titleOf(node);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "AI" for AddItem, and for the function addItem. */
export const initials = (type: string): string =>
  capital(type)
    .replaceAll(/[^A-Z]/g, "")
    .slice(0, 3) || "·";

/** "3 waiting, 1 locked", leaving out what there is none of. */
export const countsInWords = (counts: Readonly<Record<string, number>>, names: readonly string[]): string =>
  names.flatMap((name) => ((counts[name] ?? 0) > 0 ? [`${counts[name]} ${name}`] : [])).join(", ");

/** "4 s", "3 min". */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 23);
