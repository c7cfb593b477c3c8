import { cosmosView } from "./cosmos-view.ts";
import { type Found, foundOf } from "./found.ts";
import { sqlView } from "./sql-view.ts";
import type { StoreView } from "./store-view.ts";

/** The stores together. */
export interface StoresView extends Pick<StoreView, "unsent" | "handled" | "close"> {
  found(prefix: string): Promise<Found>;
}

/** Connection strings. */
export interface StoreAddresses {
  readonly cosmos: string;
  /** Undefined: there is no SQL Server. */
  readonly sql?: string | undefined;
}

/** Whatever store an endpoint uses: it is looked for in all of them. */
export function openStores({ cosmos, sql }: StoreAddresses): StoresView {
  const views: StoreView[] = [cosmosView(cosmos), ...(sql === undefined ? [] : [sqlView(sql)])];
  const sumOf = async (count: (view: StoreView) => Promise<number>): Promise<number> =>
    (await Promise.all(views.map(count))).reduce((sum, each) => sum + each, 0);
  return {
    unsent: () => sumOf((view) => view.unsent()),
    handled: () => sumOf((view) => view.handled()),
    async found(prefix) {
      const aggregates = await Promise.all(views.map((view) => view.aggregates()));
      return foundOf(aggregates.flat(), prefix);
    },
    async close() {
      await Promise.all(views.map((view) => view.close()));
    },
  };
}
