import { memo } from "preact/compat";
import type { FaultState, NodeId, NodeState } from "../protocol.ts";
import { Chips } from "./chips.tsx";
import type { Box } from "./geometry.ts";
import { age, countsInWords, titleOf } from "./words.ts";

export interface PlaceProps {
  readonly node: NodeId;
  readonly state: NodeState;
  readonly box: Box;
  readonly perRow: number;
  readonly title: string;
  /** Faults that are set here and may still strike. */
  readonly armed: number;
  /** What struck here a moment ago. */
  readonly struck: string | undefined;
  readonly isChosen: boolean;
  /** For ages. */
  readonly now: number;
  readonly onChoose: (node: NodeId) => void;
}

/** One place of the picture: a button that opens what lies in it. */
export const Place = memo(
  ({ node, state, box, perRow, title, armed, struck, isChosen, now, onChoose }: PlaceProps) => {
    const { x, y, w, h } = box;
    const [kind = ""] = node.split(":");
    const lines = linesOf(node, state, now);
    const rounding = kind === "function" || kind === "frontend" ? 16 : 5;
    return (
      <g
        class={`place ${kind} ${state.up ? "" : "down"} ${isChosen ? "chosen" : ""}`}
        transform={`translate(${x} ${y})`}
        data-node={node}
      >
        <rect class="box" width={w} height={h} rx={rounding} />
        <text class="title" x="8" y="18">
          {title}
        </text>
        {lines.map((line, i) => (
          <text key={i} class="line" x="8" y={35 + i * 16}>
            {line}
          </text>
        ))}
        {kind === "topic" ? null : <Chips items={state.items} x={8} y={h - 34} perRow={perRow} />}
        {armed > 0 ? <Badge x={w} text={`⚡${armed}`} what="armed" /> : null}
        {struck === undefined ? null : <Struck w={w} h={h} kind={struck} />}
        {state.up ? null : <Badge x={w} text="DOWN" what="off" />}
        {/* biome-ignore lint/a11y/useSemanticElements: a button of HTML can't stand in a drawing */}
        <rect
          class="target"
          width={w}
          height={h}
          rx={rounding}
          role="button"
          tabindex={0}
          aria-label={labelOf(node, state, lines, armed)}
          aria-pressed={isChosen}
          onClick={() => onChoose(node)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            onChoose(node);
          }}
        />
      </g>
    );
  },
);

function Badge({ x, text, what }: { x: number; text: string; what: string }) {
  const width = text.length * 8 + 10;
  return (
    <g class={`badge ${what}`} transform={`translate(${x - width - 3} 3)`}>
      <rect width={width} height="18" rx="9" />
      <text x={width / 2} y="13">
        {text}
      </text>
    </g>
  );
}

function Struck({ w, h, kind }: { w: number; h: number; kind: string }) {
  return (
    <g class="struck">
      <rect x="-4" y="-4" width={w + 8} height={h + 8} rx="9" />
      <text x={w / 2} y={h + 1}>{`⚡ ${kind}`}</text>
    </g>
  );
}

function linesOf(node: NodeId, { counts, items, note, up }: NodeState, now: number): string[] {
  const [kind = ""] = node.split(":");
  switch (kind) {
    case "queue": {
      const words = ["waiting", "locked", "scheduled", "deferred"].flatMap((name) =>
        (counts[name] ?? 0) > 0 ? [`${counts[name]} ${name}`] : [],
      );
      const dead = counts["dead"] ?? 0;
      const dying = dead > 0 ? [`✕ ${dead} dead`] : [];
      return words.length + dead === 0 ? ["empty"] : [...words, ...dying].slice(0, 3);
    }
    case "topic":
      return [countsInWords(counts, ["dead"]) || "copies go to who subscribed"];
    case "store": {
      const [oldest] = items;
      const unsent = counts["outbox"] ?? 0;
      return [
        note || "nothing yet",
        `inbox ${counts["inbox"] ?? 0}`,
        unsent === 0 ? "outbox empty" : `outbox ${unsent} (${age(now - (oldest?.since ?? now))})`,
      ];
    }
    case "function":
    case "frontend":
    case "dispatch":
    case "sweep": {
      const running = counts["running"] ?? 0;
      return [up && running > 0 ? `${running} running` : "idle"];
    }
    default:
      return [];
  }
}

const labelOf = (node: NodeId, { up }: NodeState, lines: readonly string[], armed: number): string =>
  [titleOf(node), up ? "" : "down", ...lines, armed > 0 ? `${armed} faults set` : ""]
    .filter(Boolean)
    .join(", ");

/** How many rules may still strike at each place. */
export function armedAt({ rules }: FaultState): ReadonlyMap<NodeId, number> {
  const counts = new Map<NodeId, number>();
  for (const { node, fired, times = 1 } of rules) {
    if (times !== "always" && fired >= times) continue;
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
