import type { Happening, Span, Story } from "../protocol.ts";
import type { Effect } from "./effects.ts";

/** Happenings that are remembered: some hundred orders. */
const REMEMBERED = 20_000;

/** What happened lately, numbered. */
export interface History {
  add(effect: Effect): Happening;
  addSpans(spans: readonly Span[]): void;
  readonly last: number;
  story(order: string): Pick<Story, "order" | "happenings" | "spans">;
}

/** The order of a message, as far as it is known by now. */
type OrderOf = (message: string) => string | undefined;

export function createHistory(orderOf: OrderOf): History {
  let happenings: Happening[] = [];
  let spans: Span[] = [];
  let last = 0;
  return {
    add({ at, server, node, kind, text, about = {} }) {
      last += 1;
      const happening = { number: last, at, server, node, kind, text, ...about };
      if (text !== "") happenings = within(happenings, [happening]);
      return happening;
    },
    addSpans(more) {
      spans = within(spans, more);
    },
    get last() {
      return last;
    },
    story(order) {
      const own = happenings
        .filter(({ order: told, message }) => (told ?? (message && orderOf(message))) === order)
        .sort((a, b) => a.at - b.at || a.number - b.number);
      const traces = new Set(own.map(({ trace }) => trace));
      return {
        order,
        happenings: own,
        spans: spans.filter(({ traceId }) => traces.has(traceId)).sort((a, b) => a.start - b.start),
      };
    },
  };
}

/** Appends, and now and then forgets what is too old. */
function within<Each>(list: Each[], more: readonly Each[]): Each[] {
  list.push(...more);
  return list.length > REMEMBERED * 1.25 ? list.slice(-REMEMBERED) : list;
}
