import { useEffect, useRef, useState } from "preact/hooks";
import type { Happening } from "../protocol.ts";
import { clockTime } from "./words.ts";

const SHOWN = 8;
/** Milliseconds between two announcements to a screen reader. */
const QUIET_FOR = 3_000;

/** The last sentences of what happened; an order's number opens its story. */
export function Log({ said, onOrder }: { said: readonly Happening[]; onOrder: (order: string) => void }) {
  return (
    <section class="log" aria-labelledby="log-title">
      <h2 id="log-title">What happened</h2>
      {said.length === 0 ? <p class="soft">Nothing yet: place an order.</p> : null}
      <ol>
        {said
          .slice(-SHOWN)
          .reverse()
          .map(({ number, at, kind, text, order }) => (
            <li key={number} class={kind}>
              <time>{clockTime(at)}</time> {kind === "fault" ? "⚡ " : ""}
              {text}{" "}
              {order === undefined ? null : (
                <button type="button" class="link" onClick={() => onOrder(order)}>
                  story of {order}
                </button>
              )}
            </li>
          ))}
      </ol>
      <Announcer said={said} />
    </section>
  );
}

/** Tells a screen reader what happened: faults, and of the rest how much there was. */
function Announcer({ said }: { said: readonly Happening[] }) {
  const [text, setText] = useState("");
  const told = useRef(0);
  const newest = useRef(said);
  newest.current = said;
  useEffect(() => {
    const timer = setInterval(() => {
      const news = newest.current.filter(({ number }) => number > told.current);
      const last = news.at(-1);
      if (last === undefined) return;
      told.current = last.number;
      const fault = news.findLast(({ kind }) => kind === "fault");
      setText(news.length === 1 ? last.text : `${news.length} events. ${fault?.text ?? last.text}`);
    }, QUIET_FOR);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="hidden-label" role="status">
      {text}
    </p>
  );
}
