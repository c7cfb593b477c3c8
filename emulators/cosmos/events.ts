/** What happened to documents, for whoever watches. Sent once it is durable. */
export type CosmosEvent =
  | ({
      readonly type: "created" | "replaced" | "patched";
      /** The document as it is stored, in JSON. */
      readonly body: string;
    } & ItemFacts)
  /** Documents that were there before the server's start, some at a time. */
  | { readonly type: "restored"; readonly items: readonly (ItemFacts & { readonly body: string })[] }
  | ({ readonly type: "deleted" } & ItemFacts)
  | ({ readonly type: "expired" } & Omit<ItemFacts, "lsn">)
  | { readonly type: "database"; readonly action: "created" | "deleted"; readonly database: string }
  | {
      readonly type: "container";
      readonly action: "created" | "replaced" | "deleted";
      readonly database: string;
      readonly container: string;
    };

/** Which document an event is about. */
export interface ItemFacts {
  readonly database: string;
  readonly container: string;
  /** The canonical JSON text, such as `["a"]`. */
  readonly partitionKey: string;
  readonly id: string;
  /** The write's number; the operations of one batch share it. */
  readonly lsn: number;
}
