import { CosmosClient } from "@azure/cosmos";
import type { Filling } from "./messages.ts";
import { setting } from "./settings.ts";

const database = new CosmosClient(setting("Cosmos")).database("pierogi");

export interface Order {
  /** One for each portion. */
  lines: Filling[];
}

export const orders = storeOf<Order>("orders", () => ({ lines: [] }));

/** A document about one order. Its _etag is the version that was loaded; a new one has none. */
export type Document<Content> = Content & {
  readonly id: string;
  readonly orderId: string;
  readonly _etag?: string;
};

/** One document for each order. */
export interface Store<Content> {
  /** @returns the order's document, or a new one */
  load(orderId: string): Promise<Document<Content>>;
  /**
   * Stores a document that was loaded.
   * @returns it in its new version
   * @throws 412 or 409 when somebody else has changed or created it meanwhile
   */
  save(document: Document<Content>): Promise<Document<Content>>;
}

/** @param empty what a new document contains */
export function storeOf<Content extends object>(name: string, empty: () => Content): Store<Content> {
  const container = database.container(name);
  return {
    async load(orderId) {
      const { resource } = await container.item(orderId, orderId).read<Document<Content>>();
      return { ...empty(), id: orderId, orderId, ...resource };
    },
    async save(document) {
      const { id, orderId, _etag } = document;
      const { etag } =
        _etag === undefined
          ? await container.items.create(document)
          : await container
              .item(id, orderId)
              .replace(document, { accessCondition: { type: "IfMatch", condition: _etag } });
      return { ...document, _etag: etag };
    },
  };
}
