import { changed, type Sheet, total } from "../business.ts";
import { at } from "../lists.ts";
import { causeOf, orders, type Setup } from "../setup.ts";
import { type Outgoing, type State, step, withHistory } from "../state.ts";

type Decision = Pick<Outgoing, "to" | "content">;

const isAdd = (setup: Setup, message: number): boolean =>
  at(setup.script, causeOf(setup, orders, message)).type === "AddItem";

/** What a new command makes Orders tell: ItemAdded or ItemRemoved to Billing, FirstItemAdded to Marketing. */
export function decided(setup: Setup, message: number, sheet: Sheet): Decision {
  const command = at(setup.script, causeOf(setup, orders, message));
  const first = setup.marketing && isAdd(setup, message) && sheet === 0;
  return {
    to: step.toBilling | (first ? step.toMarketing : 0),
    content: total(changed(sheet, command)),
  };
}

/** What exercise 9 makes of the state that a copy finds: "it holds one portion, so this was the first". */
export function recomputed(setup: Setup, message: number, sheet: Sheet): Decision {
  const first = setup.marketing && isAdd(setup, message) && total(sheet) === 1;
  return { to: step.toBilling | (first ? step.toMarketing : 0), content: total(sheet) };
}

/** The last of the random ids that are told apart; what comes after repeats it. */
const lastVariant = 7;

/** Gives outgoing messages their ids (the command's own, or random ones) and their creation time. */
export function madeUp(
  setup: Setup,
  state: State,
  message: number,
  decision: Decision,
  created: number,
): { state: State; outgoing: Outgoing } {
  if (setup.rules.ids === "deterministic") return { state, outgoing: { ...decision, variant: 0, created } };
  const command = causeOf(setup, orders, message);
  const variant = at(state.history, command).runs;
  return {
    state: withHistory(state, command, { runs: Math.min(lastVariant, variant + 1) }),
    outgoing: { ...decision, variant, created },
  };
}
