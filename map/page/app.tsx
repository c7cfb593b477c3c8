import { useEffect, useMemo, useState } from "preact/hooks";
import type { NodeId } from "../protocol.ts";
import { asking } from "./connection.ts";
import { Faults, useFaults } from "./faults.tsx";
import { tall, wide } from "./geometry.ts";
import { Log } from "./log.tsx";
import { OrderForm } from "./order-form.tsx";
import { Picture } from "./picture.tsx";
import { Places } from "./places.tsx";
import { PlaybackControls } from "./playback-controls.tsx";
import { bestScenes } from "./scenes.ts";
import { Servers } from "./servers.tsx";
import { Story } from "./story.tsx";
import { type Tab, Tabs } from "./tabs.tsx";
import { useMap } from "./use-map.ts";

const words = {
  connecting: "connecting …",
  connected: "",
  lost: "The stack does not answer: is it still running? Asking again …",
  refused: "This address has no token, or an old one: open the address that `npm start` printed.",
};

/** The whole page. */
export function App({ token }: { token: string }) {
  const ask = useMemo(() => asking(token), [token]);
  const isNarrow = useMatch("(max-width: 700px)");
  const layout = isNarrow ? tall : wide;
  const [state, controls] = useMap(token, layout);
  const [tab, setTab] = useState<Tab>("order");
  const [node, setNode] = useState<NodeId>("queue:orders");
  const [about, setAbout] = useState({ order: "1", customer: "ann" });
  const [told, setTold] = useState("1");
  const actions = useFaults(ask);
  const now = useClock();
  const { nodes, faults, vocabulary, connection, note, said, latest } = state;

  const choose = (next: NodeId): void => {
    setNode(next);
    setTab("places");
  };
  const tell = (order: string): void => {
    setTold(order);
    setTab("story");
  };
  return (
    <>
      <header>
        <h1>Live map</h1>
        <Servers nodes={nodes} />
        <PlaybackControls state={state} controls={controls} />
      </header>
      {words[connection] === "" && note === "" ? null : (
        <p class="notice" role="alert">
          {words[connection] || note}
        </p>
      )}
      <main>
        <section class="left" aria-label="The system">
          <Picture
            layout={layout}
            nodes={nodes}
            faults={faults}
            chosen={tab === "places" ? node : undefined}
            now={now}
            onChoose={choose}
            onReady={controls.setTokens}
          />
          <Log said={said} onOrder={tell} />
        </section>
        <Tabs tab={tab} onTab={setTab}>
          {tab === "order" ? (
            <OrderForm ask={ask} about={about} latest={latest} onAbout={setAbout} onStory={tell} />
          ) : tab === "faults" ? (
            <Faults
              faults={faults}
              vocabulary={vocabulary}
              scenes={bestScenes(nodes, about)}
              actions={actions}
            />
          ) : tab === "places" ? (
            <Places {...{ ask, node, nodes, about, faults, actions, latest }} onNode={setNode} />
          ) : (
            <Story ask={ask} order={told} latest={latest} />
          )}
        </Tabs>
      </main>
    </>
  );
}

function useMatch(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(list.matches);
  useEffect(() => {
    const change = (): void => setMatches(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, [list]);
  return matches;
}

/** The time, once a second. */
function useClock(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
