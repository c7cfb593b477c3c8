import type { Happening, Story as StoryOf } from "../protocol.ts";
import type { Ask } from "./connection.ts";
import { costsOf } from "./costs.ts";
import { useAsked } from "./use-asked.ts";
import { clockTime, titleOf } from "./words.ts";

/** One order's events on a time line. */
export function Story({ ask, order, latest }: { ask: Ask; order: string; latest: number }) {
  const story = useStory(ask, order, latest);
  const first = story?.happenings[0]?.at ?? 0;
  return (
    <section aria-labelledby="story-title">
      <h2 id="story-title">The story of order {order}</h2>
      {story === undefined || story.happenings.length === 0 ? (
        <p class="soft">Nothing is known of it yet.</p>
      ) : (
        <>
          <p>
            {story.happenings.length} events{" "}
            <button type="button" onClick={() => save(story)}>
              Export
            </button>
          </p>
          <ol class="story">
            {story.happenings.map((happening, i) => (
              <Line
                key={happening.number}
                happening={happening}
                first={first}
                before={story.happenings[i - 1]?.at}
              />
            ))}
          </ol>
          <Costs spans={story.spans} />
        </>
      )}
    </section>
  );
}

/** What the order's messages cost; nothing where the app exports no spans. */
function Costs({ spans }: { spans: StoryOf["spans"] }) {
  const costs = costsOf(spans);
  if (costs.length === 0) return null;
  return (
    <table class="costs">
      <caption>What each message cost ({spans.length} spans)</caption>
      <thead>
        <tr>
          <th scope="col">message</th>
          <th scope="col">ms</th>
          <th scope="col">round trips</th>
          <th scope="col">request units</th>
        </tr>
      </thead>
      <tbody>
        {costs.map(({ spanId, name, type, milliseconds, roundTrips, requestUnits, failed }) => (
          <tr key={spanId}>
            <th scope="row">
              {failed ? "✕ " : ""}
              {type} {name.replace("process ", "in ")}
            </th>
            <td>{milliseconds.toFixed(0)}</td>
            <td>{roundTrips}</td>
            <td>{requestUnits === 0 ? "–" : requestUnits.toFixed(1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Line({
  happening,
  first,
  before,
}: {
  happening: Happening;
  first: number;
  before: number | undefined;
}) {
  const { at, kind, node, text } = happening;
  const pause = before === undefined ? 0 : at - before;
  return (
    <li class={kind}>
      {pause >= 1_000 ? <span class="pause">{(pause / 1000).toFixed(1)} s pass</span> : null}
      <time dateTime={new Date(at).toISOString()} title={clockTime(at)}>
        +{at - first} ms
      </time>
      <span class="where">{titleOf(node)}</span>
      <span>
        {kind === "fault" ? "⚡ " : ""}
        {text}
      </span>
    </li>
  );
}

const useStory = (ask: Ask, order: string, latest: number): StoryOf | undefined =>
  useAsked(ask, `/stories?order=${encodeURIComponent(order)}`, latest);

/** Writes the story to a file of the user's. */
function save(story: StoryOf): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(story, null, 2)], { type: "application/json" }));
  link.download = `order-${story.order}.story.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
