import { games } from "./games.ts";

/** A role as its card tells it. */
export interface RoleCard {
  readonly role: "Client" | "Broker" | "Handler" | "Database" | "Dispatcher" | "Chaos";
  readonly holds: readonly string[];
  readonly may: readonly string[];
  readonly says: readonly string[];
}

/** The texts of board and printed cards. */
export const roleCards: readonly RoleCard[] = [
  {
    role: "Client",
    holds: ["the message cards of the game, in order", "a pen for their ids: 1, 2, 3"],
    may: ["hand the next card to Broker, once Broker has nodded for the one before"],
    says: ["“I send Add Meat, id 1.”"],
  },
  {
    role: "Broker",
    holds: ["the queue: cards in the order in which they came", "one lock token for each handler"],
    may: [
      "give the first card, with a token, to a handler with empty hands",
      "cross off a card when its token comes back",
      "give a card out again when its handler has fainted: it kept its place",
    ],
    says: [
      "“I deliver Add Meat, id 1, to Handler A.”",
      "Never what is on the order sheet: Broker can't see it.",
    ],
  },
  {
    role: "Handler",
    holds: ["one card and its token, or nothing", "the rules of the moment: follow them by the letter"],
    may: ["do one step at a time: look, save, tell, give the card back"],
    says: [
      "each step, aloud, before doing it: “I read the order. Meat is new.”",
      "After fainting: nothing. The next handler has no memory of you.",
    ],
  },
  {
    role: "Database",
    holds: ["the order sheet", "the list of ids, once there is one", "the outbox tray, once there is one"],
    may: [
      "show the sheet to whoever asks",
      "write what a handler asks for: all of it in one turn, or nothing",
      "refuse, if the sheet has changed since that handler looked",
    ],
    says: ["“Saved.” or “Never.”"],
  },
  {
    role: "Dispatcher",
    holds: ["Billing's sheet, and Marketing's"],
    may: [
      "write down what Billing and Marketing are told, by their rules",
      "once there is a tray: take the oldest card from it, tell it, then clear it away",
    ],
    says: ["“Billing hears: Meat added, id 1-b.”"],
  },
  {
    role: "Chaos",
    holds: ["the failures of the game, one at a time"],
    may: ["play one failure, then stop: a second one at once hides which one did it"],
    says: ["what happens, and never why", "At the end: “Nothing moves any more. Compare the sheets.”"],
  },
];

/** A message to fill in: the id by hand. */
export interface MessageCard {
  readonly type: string;
  readonly filling: string;
  readonly from: string;
}

const fillings = ["Meat", "Mushrooms"];
export const messageCards: readonly MessageCard[] = [
  ...["AddItem", "RemoveItem"].flatMap((type) =>
    fillings.map((filling) => ({ type, filling, from: "Client to Orders" })),
  ),
  ...["ItemAdded", "ItemRemoved"].flatMap((type) =>
    fillings.map((filling) => ({ type, filling, from: "Orders to Billing" })),
  ),
  { type: "FirstItemAdded", filling: "", from: "Orders to Marketing" },
];

/** Things on the table that are no messages: a title, and lines to write on. */
export interface Piece {
  readonly title: string;
  readonly hint: string;
  readonly columns: readonly string[];
}

export const pieces: readonly Piece[] = [
  { title: "Order sheet", hint: "Database holds it.", columns: ["Filling", "Portions"] },
  {
    title: "List of ids",
    hint: "From G4's new rule on; Billing has one of its own in G5.",
    columns: ["Id", "Command"],
  },
  { title: "Outbox tray", hint: "From G6's new rule on: lay in here what is still to tell.", columns: [] },
  { title: "Billing's sheet", hint: "Dispatcher holds it.", columns: ["Filling", "Portions", "Id"] },
  { title: "Marketing's sheet", hint: "Dispatcher holds it, in G6.", columns: ["“First!” heard, id"] },
  {
    title: "Lock token",
    hint: "Whoever holds it may give the card back. Cut it out, or take a coin.",
    columns: [],
  },
];

/** For the facilitator: each game on one card. */
export const gameCards = games.map(({ id, title, rules, youBreak, discovery, newRule, breaks }) => ({
  title: `${id} ${title}`,
  rules,
  youBreak,
  discovery,
  newRule,
  steps: breaks[0]?.schedule ?? [],
}));
