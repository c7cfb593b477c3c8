import type { RefObject } from "preact";
import { isQuiet, type Move, type Setup, type Violation, violations } from "../../../model/index.ts";
import { failures } from "../checker.ts";
import type { Situation } from "../game.ts";
import { failuresOf, type Run, stateOf } from "../table.ts";

interface Props {
  readonly situation: Situation;
  readonly run: Run;
  readonly legal: readonly Move[];
  readonly trouble: readonly string[];
  readonly last: string | undefined;
  readonly place: RefObject<HTMLElement | null>;
}

/** What has just happened, in large letters; at rest, what is wrong. Focus comes here when a button goes. */
export function Told({ situation, run, legal, trouble, last, place }: Props) {
  const isAtRest = trouble.length === 0 && run.moves.length > 0 && isQuiet(legal);
  const found = isAtRest ? violations(run.setup, stateOf(run)) : [];
  const mine = found.filter(({ invariant }) => situation.promises?.includes(invariant) ?? true);
  const later = found.filter((each) => !mine.includes(each));
  const kind = trouble.length > 0 || mine.length > 0 ? "broken" : isAtRest ? "kept" : "";
  return (
    <section
      class={`told ${kind}`}
      aria-label="What has just happened"
      aria-live="polite"
      tabIndex={-1}
      ref={place}
    >
      {trouble.length > 0 ? (
        <Anomaly title="These rules do not go together" lines={trouble} />
      ) : mine.length > 0 ? (
        <Anomaly title="Nothing moves any more, and it is wrong" lines={mine.map(sentence)} />
      ) : isAtRest ? (
        <p class="big">
          <span class="mark" aria-hidden="true">
            ✓
          </span>
          Nothing moves any more, and all is well.
        </p>
      ) : (
        <p class="big">{last ?? opening(run.setup)}</p>
      )}
      {later.length > 0 ? <p class="later">For a later game: {later.map(sentence).join("; ")}.</p> : null}
      <p class="count">{counts(run)}</p>
    </section>
  );
}

const Anomaly = ({ title, lines }: { title: string; lines: readonly string[] }) => (
  <div class="anomaly">
    <p class="big">
      <span class="mark" aria-hidden="true">
        !
      </span>
      {title}
    </p>
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  </div>
);

const sentence = (violation: Violation): string => violation.sentence;

function opening({ script }: Setup): string {
  const wishes = script.map(({ type, filling }) => `${type === "AddItem" ? "add" : "remove"} ${filling}`);
  return `The client wants to ${wishes.join(", then ")}. Who acts first?`;
}

const counts = (run: Run): string =>
  run.moves.length === 0
    ? "Nothing has happened yet."
    : `${run.moves.length === 1 ? "1 step" : `${run.moves.length} steps`}, ${failures(failuresOf(run))}`;
