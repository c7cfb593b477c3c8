import type { Contents } from "../protocol.ts";
import type { Replay } from "./places.tsx";

type List = Contents["lists"][number];

/** One list of a place: each row opens to what is in it. */
export function Rows({ list, onReplay }: { list: List; onReplay: (wanted: readonly Replay[]) => void }) {
  const stopped = list.rows.flatMap(({ replay }) => (replay === undefined ? [] : [replay]));
  return (
    <>
      <h3>
        {list.name}: {list.total}
        {list.total > list.rows.length ? `, the first ${list.rows.length}` : ""}
      </h3>
      {stopped.length > 1 ? (
        <button type="button" onClick={() => onReplay(stopped)}>
          Replay all {stopped.length} …
        </button>
      ) : null}
      <ul class="rows">
        {list.rows.map((row) => (
          <li key={row.key}>
            <details>
              <summary>{summaryOf(row)}</summary>
              <dl>
                {row.cells.map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
              {row.body === undefined ? null : <pre>{pretty(row.body)}</pre>}
            </details>
            {row.replay === undefined ? null : (
              <button type="button" onClick={() => onReplay(row.replay === undefined ? [] : [row.replay])}>
                Replay …
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The first few cells in one line. */
const summaryOf = ({ cells }: List["rows"][number]): string =>
  cells
    .slice(0, 4)
    .map(([name, value]) => `${name} ${value}`)
    .join(" · ");

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
