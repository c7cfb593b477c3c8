import { type Move, type Setup, sentenceOf } from "../../../model/index.ts";

/** A legal move, and its place among all of them. */
export interface Offer {
  readonly move: Move;
  readonly index: number;
}

interface Props {
  readonly setup: Setup;
  readonly offers: readonly Offer[];
  /** The index of the move that a plan has next. */
  readonly planned: number | undefined;
  readonly take: (index: number) => void;
}

/** Moves as buttons that say what they do. */
export function Moves({ setup, offers, planned, take }: Props) {
  if (offers.length === 0) return null;
  return (
    <ul class="moves">
      {offers.map(({ move, index }) => {
        const sentence = sentenceOf(setup, move);
        return (
          <li key={sentence}>
            <button
              type="button"
              class={index === planned ? "move planned" : "move"}
              onClick={() => take(index)}
            >
              {index === planned ? <span class="next-mark">next</span> : null}
              {sentence}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The facilitator's place: what can go wrong now, apart from everything else. */
export const Chaos = (props: Props) => (
  <section class="chaos" aria-labelledby="chaos">
    <h2 id="chaos">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d="M11 1 3 12h5l-2 7 9-11h-5z" />
      </svg>
      Chaos
    </h2>
    {props.offers.length === 0 ? <p class="none">Nothing can fail at this moment.</p> : <Moves {...props} />}
  </section>
);
