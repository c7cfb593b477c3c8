import type { Item } from "../protocol.ts";
import { initials } from "./words.ts";

const WIDTH = 38;
const HEIGHT = 26;

/** What a chip's mark says beside its colour. */
const marks: Readonly<Record<Item["status"], string>> = {
  waiting: "",
  locked: "●",
  scheduled: "◷",
  deferred: "‖",
  dead: "✕",
  unsent: "→",
};

/** The first few messages of a place, as small cards. */
export function Chips({
  items,
  x,
  y,
  perRow,
}: {
  items: readonly Item[];
  x: number;
  y: number;
  perRow: number;
}) {
  return items.slice(0, perRow).map((item, i) => (
    <g key={item.key} class={`chip ${item.status}`} transform={`translate(${x + i * (WIDTH + 4)} ${y})`}>
      <rect width={WIDTH} height={HEIGHT} rx="4" />
      <text class="chip-type" x="4" y="12">
        {initials(item.type)}
        {marks[item.status]}
      </text>
      <text class="chip-more" x="4" y="23">
        {moreOf(item)}
      </text>
    </g>
  ));
}

/** Which delivery or copy it is, if not the first; else the order. */
const moreOf = ({ delivery = 0, copy, order }: Item): string =>
  delivery > 1 ? `#${delivery}` : copy === undefined ? (order ?? "").slice(0, 5) : `c${copy}`;
