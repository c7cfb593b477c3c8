import { useEffect, useRef } from "preact/hooks";
import { describeState } from "../../../model/index.ts";
import type { Game } from "../game.ts";
import { type Run, stateOf } from "../table.ts";

/** All that has happened, as sentences; the newest stays in sight. */
export function Story({ run, story }: { run: Run; story: readonly string[] }) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [story.length]);
  return (
    <section class="panel story" aria-labelledby="story">
      <h2 id="story">The story</h2>
      {story.length === 0 ? <p class="none">It begins with the first step.</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it */}
      <ol ref={list} tabIndex={0} aria-labelledby="story">
        {story.map((sentence, index) => (
          <li key={index} class={run.moves[index]?.fault === undefined ? "" : "failure"}>
            {run.moves[index]?.fault === undefined ? null : <span class="failure-mark">failure</span>}
            {sentence}
          </li>
        ))}
      </ol>
      <details class="in-words">
        <summary>The table in words</summary>
        <ul>
          {describeState(run.setup, stateOf(run)).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

/** What was found, and where it leads. */
export function Ending({ game, isOver }: { game: Game; isOver: boolean }) {
  return (
    <section class={`panel ending ${isOver ? "over" : ""}`} aria-labelledby="ending">
      <h2 id="ending">Where it leads</h2>
      {isOver ? (
        <>
          <p>{game.discovery}</p>
          <p class="new-rule">New rule: {game.newRule}</p>
        </>
      ) : null}
      <p>
        Type it:{" "}
        {game.leadsTo.map(({ text, file }, index) => (
          <span key={file}>
            {index > 0 ? ", " : ""}
            <a href={addressOf(file)}>{text}</a>
          </span>
        ))}
      </p>
    </section>
  );
}

/** From the server a page of its own; beside the page that opens from disk, a file. */
const addressOf = (file: string): string =>
  document.documentElement.dataset["from"] === "disk" ? file.replace(/\.md$/, ".html") : file;
