import { useEffect, useMemo, useRef } from "preact/hooks";
import type { FaultState, NodeId, NodeState, Strike } from "../protocol.ts";
import { type Layout, pathData, wayOf, ways } from "./geometry.ts";
import { armedAt, Place } from "./place.tsx";
import { createTokens, type Tokens } from "./tokens.ts";
import { nameOf, titleOf } from "./words.ts";

/** Milliseconds for which a place shows what struck it. */
const STRUCK_FOR = 4_000;

export interface PictureProps {
  readonly layout: Layout;
  readonly nodes: Readonly<Record<NodeId, NodeState>>;
  readonly faults: FaultState;
  readonly chosen: NodeId | undefined;
  readonly now: number;
  readonly onChoose: (node: NodeId) => void;
  readonly onReady: (tokens: Tokens) => void;
}

const nowhere: NodeState = { up: true, counts: {}, items: [] };

/** The system as a drawing. */
export function Picture({ layout, nodes, faults, chosen, now, onChoose, onReady }: PictureProps) {
  const layer = useRef<SVGGElement>(null);
  useEffect(() => {
    if (layer.current !== null) onReady(createTokens(layer.current));
  }, [onReady]);
  const armed = useMemo(() => armedAt(faults), [faults]);
  const struck = recent(faults.strikes, now);
  return (
    <svg class="picture" viewBox={`0 0 ${layout.width} ${layout.height}`}>
      <title>Where messages are, and where they go</title>
      <Ways layout={layout} />
      {layout.captions.map(([x, y, text]) => (
        <text key={text} class="line" x={x} y={y}>
          {text}
        </text>
      ))}
      {Object.entries(layout.boxes).map(([node, box]) => (
        <Place
          key={node}
          node={node}
          state={nodes[node] ?? nowhere}
          box={box}
          perRow={layout.chips}
          title={layout.captions.length === 0 ? titleOf(node) : nameOf(node)}
          armed={armed.get(node) ?? 0}
          struck={struck.get(node)}
          isChosen={node === chosen}
          now={node.startsWith("store:") && (nodes[node]?.items.length ?? 0) > 0 ? now : 0}
          onChoose={onChoose}
        />
      ))}
      <g ref={layer} class="tokens" />
    </svg>
  );
}

function Ways({ layout }: { layout: Layout }) {
  return (
    <g class="ways">
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      {ways.map(([from, to]) => (
        <path key={`${from} ${to}`} d={pathData(wayOf(layout, from, to))} marker-end="url(#arrow)" />
      ))}
    </g>
  );
}

const recent = (strikes: readonly Strike[], now: number): ReadonlyMap<NodeId, string> =>
  new Map(strikes.filter(({ at }) => now - at < STRUCK_FOR).map(({ node, kind }) => [node, kind]));
