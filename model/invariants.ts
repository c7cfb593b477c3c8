import { changed, inWords, type Sheet } from "./business.ts";
import { at } from "./lists.ts";
import { billing, causeOf, marketing, messageIds, orders, type Setup } from "./setup.ts";
import { atRest, endpointOf, type State, step } from "./state.ts";

/** What must hold whenever nothing moves any more. */
export const invariants = [
  "order as wished",
  "no ghost",
  "none lost",
  "one effect",
  "Billing equals Orders",
  "copies identical",
] as const;
export type Invariant = (typeof invariants)[number];

export interface Violation {
  readonly invariant: Invariant;
  readonly sentence: string;
}

/**
 * The invariants that a state breaks in which no move makes progress any more. A dead letter (quarantine
 * included) is stuck: visible to an operator, so not lost; but it must not have been told to others either.
 */
export function violations(setup: Setup, state: State): Violation[] {
  const found: Violation[] = [];
  const broken = (invariant: Invariant, sentence: string): void => {
    found.push({ invariant, sentence });
  };
  const wished = wishedSheet(setup, state);
  const { sheet } = endpointOf(state, orders);
  if (sheet !== wished)
    broken("order as wished", `the order holds ${inWords(sheet)} instead of ${inWords(wished)}`);
  setup.script.forEach((command, index) => {
    const name = `${command.type} ${command.filling}`;
    const { effects, decided } = at(state.history, index);
    if (at(effects, orders) === 0 && !isDead(setup, state, orders, index))
      broken("none lost", `${name} had no effect, and is in no dead-letter queue`);
    for (const [endpoint, bit, event] of receivers(setup, command.type)) {
      const told = at(effects, endpoint) > 0;
      if (told && ((decided & bit) === 0 || at(effects, orders) === 0))
        broken("no ghost", `${event} of ${name} was told, but Orders never stored it`);
      if (!told && (decided & bit) !== 0 && !isDead(setup, state, endpoint, index))
        broken("none lost", `${event} of ${name} had no effect, and is in no dead-letter queue`);
    }
    effects.forEach((count, endpoint) => {
      if (count > 1)
        broken("one effect", `${name} had its effect twice at ${endpointNames[endpoint] ?? endpoint}`);
    });
  });
  const billed = endpointOf(state, billing);
  if (billed.dead === 0 && billed.sheet !== sheet)
    broken(
      "Billing equals Orders",
      `Billing charges for ${inWords(billed.sheet)}, and the order holds ${inWords(sheet)}`,
    );
  if (state.differing) broken("copies identical", "two copies of one id had different content");
  if (!atRest(setup, state)) broken("none lost", "something is left that nobody will send or handle");
  return found;
}

export const endpointNames: readonly string[] = ["Orders", "Billing", "Marketing"];

function receivers(setup: Setup, type: "AddItem" | "RemoveItem"): [number, number, string][] {
  const event = type === "AddItem" ? "ItemAdded" : "ItemRemoved";
  const toBilling: [number, number, string] = [billing, step.toBilling, event];
  return setup.marketing ? [toBilling, [marketing, step.toMarketing, "FirstItemAdded"]] : [toBilling];
}

/** The order after the commands one by one, as the client sent them, without those that are stuck unprocessed. */
function wishedSheet(setup: Setup, state: State): Sheet {
  return setup.script.reduce((sheet, command, index) => {
    const stuck = at(at(state.history, index).effects, orders) === 0 && isDead(setup, state, orders, index);
    return stuck ? sheet : changed(sheet, command);
  }, 0);
}

/** Is a message of a command dead-lettered or quarantined there, under any of its ids? */
function isDead(setup: Setup, state: State, endpoint: number, command: number): boolean {
  const { dead } = endpointOf(state, endpoint);
  for (let message = 0; message < messageIds(setup, endpoint); message++) {
    if ((dead & (1 << message)) !== 0 && causeOf(setup, endpoint, message) === command) return true;
  }
  return false;
}
