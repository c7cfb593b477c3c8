import type { ComponentChildren } from "preact";
import type { Card, Sheet } from "../holdings.ts";

const verbs: Readonly<Record<string, { sign: string; word: string }>> = {
  AddItem: { sign: "+", word: "Add" },
  RemoveItem: { sign: "−", word: "Remove" },
  ItemAdded: { sign: "+", word: "Added" },
  ItemRemoved: { sign: "−", word: "Removed" },
};

/** A message on its card. */
export function CardView({ card, place = "" }: { card: Card; place?: string }) {
  const { type, filling, id, copy } = card;
  const { sign, word } = verbs[type] ?? { sign: "", word: type };
  const isTold = type.startsWith("Item");
  return (
    <li class={`card ${isTold ? "told-card" : ""} ${copy > 1 ? "copied" : ""} ${place}`}>
      <Pierog filling={filling} />
      <span class="card-verb">
        <span aria-hidden="true">{sign} </span>
        {word} {filling}
      </span>
      <span class="card-id">
        id {id}
        {copy > 1 ? <strong> copy {copy}</strong> : ""}
      </span>
    </li>
  );
}

/** A dumpling: the letter, not the colour, says what is in it. */
export const Pierog = ({ filling }: { filling: string }) => (
  <svg class={`pierog ${filling}`} viewBox="0 0 40 26" aria-hidden="true">
    <path d="M2 22C2 9 10 2 20 2s18 7 18 20c-2 3-4 0-6 1.5s-4 1.5-6 0-4-1.5-6 0-4 1.5-6 0-4-1.5-6 0S4 25 2 22z" />
    <text x="20" y="18">
      {filling === "Mushrooms" ? "Mu" : filling.slice(0, 2)}
    </text>
  </svg>
);

export const LockToken = () => (
  <span class="lock">
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path d="M6 9V6a4 4 0 0 1 8 0v3h1v8H5V9zm2 0h4V6a2 2 0 0 0-4 0z" />
    </svg>
    lock
  </span>
);

/** Cards that lie together; nothing is said in words, too. */
export function Pile({
  label,
  cards,
  empty,
  place,
}: {
  label: string;
  cards: readonly Card[];
  empty: string;
  place?: string;
}) {
  return (
    <div class="pile">
      <h3>{label}</h3>
      {cards.length === 0 ? (
        <p class="none">{empty}</p>
      ) : (
        <ul class="cards">
          {cards.map((card) => (
            <CardView key={`${card.id}/${card.copy}`} card={card} place={place ?? ""} />
          ))}
        </ul>
      )}
    </div>
  );
}

export const SheetView = ({
  title,
  sheet,
  children,
}: {
  title: string;
  sheet: Sheet;
  children?: ComponentChildren;
}) => (
  <div class="sheet">
    <h3>{title}</h3>
    {sheet.lines.length === 0 ? (
      <p class="none">empty</p>
    ) : (
      <ul class="lines">
        {sheet.lines.map(({ filling, count }) => (
          <li key={filling}>
            <Pierog filling={filling} />
            <strong>{count}</strong> {filling}
          </li>
        ))}
      </ul>
    )}
    {sheet.ids === undefined ? null : (
      <p class="ids">
        <span>ids:</span> {sheet.ids.length === 0 ? "none" : sheet.ids.join(", ")}
      </p>
    )}
    {children}
  </div>
);
