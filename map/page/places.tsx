import { useEffect, useRef, useState } from "preact/hooks";
import type { Contents, FaultState, NodeId, NodeState } from "../protocol.ts";
import type { Ask } from "./connection.ts";
import { Armed, type FaultActions, Problem, Scenes } from "./faults.tsx";
import type { About } from "./order-form.tsx";
import { Rows } from "./rows.tsx";
import { scenesOf } from "./scenes.ts";
import { useAsked } from "./use-asked.ts";
import { countsInWords, titleOf } from "./words.ts";

export interface PlacesProps {
  readonly ask: Ask;
  readonly node: NodeId;
  readonly nodes: Readonly<Record<NodeId, NodeState>>;
  readonly about: About;
  readonly faults: FaultState;
  readonly actions: FaultActions;
  readonly latest: number;
  readonly onNode: (node: NodeId) => void;
}

/** What lies in a place, in full, and what can go wrong there. */
export function Places({ ask, node, nodes, about, faults, actions, latest, onNode }: PlacesProps) {
  const state = nodes[node];
  const contents = useContents(ask, node, latest);
  const scenes = scenesOf(node, state, about);
  return (
    <section aria-labelledby="places-title">
      <h2 id="places-title">Look into</h2>
      <label>
        <span class="hidden-label">Place</span>
        <select value={node} onChange={(event) => onNode(event.currentTarget.value)}>
          {Object.keys(nodes).map((each) => (
            <option key={each} value={each}>
              {titleOf(each)} {optionWords(nodes[each])}
            </option>
          ))}
        </select>
      </label>
      {contents?.node === node ? <Lists contents={contents} ask={ask} /> : null}
      <h3>Faults here</h3>
      <Problem text={actions.problem} />
      <Armed faults={faults} actions={actions} node={node} />
      <Scenes scenes={scenes} onSet={actions.add} />
    </section>
  );
}

const optionWords = (state: NodeState | undefined): string => {
  const words = countsInWords(state?.counts ?? {}, ["waiting", "locked", "dead", "outbox", "running"]);
  return words === "" ? "" : `(${words})`;
};

function Lists({ contents, ask }: { contents: Contents; ask: Ask }) {
  const [wanted, setWanted] = useState<readonly Replay[]>([]);
  return (
    <>
      {contents.lists
        .filter(({ total }) => total > 0)
        .map((list) => (
          <Rows key={list.name} list={list} onReplay={setWanted} />
        ))}
      {contents.lists.every(({ total }) => total === 0) ? <p class="soft">Nothing lies here.</p> : null}
      <ReplayDialog wanted={wanted} ask={ask} onClose={() => setWanted([])} />
    </>
  );
}

export interface Replay {
  readonly place: string;
  readonly logicalId: string;
}

/** Asks before it acts: a replay sends messages. */
function ReplayDialog({
  wanted,
  ask,
  onClose,
}: {
  wanted: readonly Replay[];
  ask: Ask;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    if (wanted.length > 0) dialog.current?.showModal();
    else dialog.current?.close();
  }, [wanted]);
  const place = wanted[0]?.place ?? "";
  const replay = async (): Promise<void> => {
    onClose();
    const body = { place, logicalIds: [...new Set(wanted.map(({ logicalId }) => logicalId))] };
    try {
      const { replayed, failed } = await ask<Outcome>("/api/operations/replay", { method: "POST", body });
      setOutcome(`${sizeOf(replayed)} replayed, ${sizeOf(failed)} failed`);
    } catch (error) {
      setOutcome(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <p role="status">{outcome}</p>
      <dialog ref={dialog} onClose={onClose} aria-labelledby="replay-title">
        <h3 id="replay-title">
          Replay {wanted.length === 1 ? "this message" : `${wanted.length} messages`}?
        </h3>
        <p>
          It goes from {place} back to where it stopped, under the same logical id: if it was processed after
          all, that is noticed.
        </p>
        <p class="buttons">
          <button type="button" class="main" onClick={() => void replay()}>
            Replay
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </p>
      </dialog>
    </>
  );
}

interface Outcome {
  readonly replayed: unknown;
  readonly failed: unknown;
}
const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : typeof value === "number" ? value : 0;

const useContents = (ask: Ask, node: NodeId, latest: number): Contents | undefined =>
  useAsked(ask, `/contents?node=${encodeURIComponent(node)}`, latest);
