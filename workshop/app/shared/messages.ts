import type { InvocationContext } from "@azure/functions";

/** What a customer can have. The name decides what goes wrong on its way, if chaos/plan.ts says so. */
export const fillings = [
  "Spinach",
  "Meat",
  "Mushrooms",
  "SwissCheese",
  "QuarkAndPotatoes",
  "Strawberry",
  "Sauerkraut",
] as const;
export type Filling = (typeof fillings)[number];

interface Content<Type extends string> {
  readonly type: Type;
  readonly orderId: string;
  readonly filling: Filling;
}

/** Wishes: they go to the queue `orders`, and Orders decides about them. */
export type AddItem = Content<"AddItem">;
export type RemoveItem = Content<"RemoveItem">;
export type Command = AddItem | RemoveItem;

/** Facts: they are published on the topic `events`, for anybody who wants to know. */
export type ItemAdded = Content<"ItemAdded">;
export type ItemRemoved = Content<"ItemRemoved">;
export type FirstItemAdded = Content<"FirstItemAdded">;
export type OrderEvent = ItemAdded | ItemRemoved | FirstItemAdded;

/** Content on its way: all copies of one message have one id. */
export type Message<Of extends Command | OrderEvent = Command | OrderEvent> = Of & { readonly id: string };

export const isFilling = (value: unknown): value is Filling => fillings.some((filling) => filling === value);

/**
 * The message that a trigger delivers.
 * @throws for what is none of ours: when all its deliveries have failed, the broker dead-letters it
 */
export function incoming<Of extends Command | OrderEvent>(
  body: unknown,
  { functionName }: InvocationContext,
): Message<Of> {
  const { id, type, orderId, filling } = Object(body) as Partial<Record<string, unknown>>;
  if ([id, type, orderId].every((text) => typeof text === "string") && isFilling(filling)) {
    return body as Message<Of>;
  }
  throw new Error(
    `${functionName} expected a message with id, type, orderId and filling; came ${JSON.stringify(body)}`,
  );
}
