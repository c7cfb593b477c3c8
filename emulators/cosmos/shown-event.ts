import type { CosmosEvent, ItemFacts } from "./events.ts";

type WithBody = { readonly body: string };

/** An event as it leaves this process: without bodies that are large. */
export type ShownEvent =
  | Exclude<CosmosEvent, WithBody | { readonly type: "restored" }>
  | (ItemFacts & {
      readonly type: Extract<CosmosEvent, WithBody>["type"];
      readonly body?: string;
    })
  | { readonly type: "restored"; readonly items: readonly (ItemFacts & { readonly body?: string })[] };

/** Characters of JSON. */
const LONGEST_BODY = 16_000;

export function shownEvent(event: CosmosEvent): ShownEvent {
  if (event.type === "restored") return { ...event, items: event.items.map(withoutLarge) };
  return "body" in event ? withoutLarge(event) : event;
}

function withoutLarge<Item extends WithBody>(item: Item): Omit<Item, "body"> & Partial<WithBody> {
  if (item.body.length <= LONGEST_BODY) return item;
  const { body: _, ...rest } = item;
  return rest;
}
