import type { NodeId, NodeState } from "../protocol.ts";
import { titleOf } from "./words.ts";

/** Which servers run. */
export function Servers({ nodes }: { nodes: Readonly<Record<NodeId, NodeState>> }) {
  const workers = nodes["host"]?.counts["workers"];
  return (
    <ul class="servers" aria-label="Servers">
      {["serviceBus", "cosmos", "sql", "host"].map((node) => {
        const isUp = nodes[node]?.up ?? true;
        return (
          <li key={node} class={isUp ? "up" : "down"}>
            {isUp ? "✓" : "✕"} {node === "host" ? "host" : titleOf(node)}
            {node === "host" && workers !== undefined
              ? `, ${workers} ${workers === 1 ? "worker" : "workers"}`
              : ""}
            {isUp ? "" : " is down"}
          </li>
        );
      })}
    </ul>
  );
}
