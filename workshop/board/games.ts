import { after1, after3, after4, atStart } from "../../model/exercises.ts";
import type { Rules, Setup } from "../../model/index.ts";
import { at } from "../../model/lists.ts";
import { breaks } from "./breaks.ts";
import type { Game, Lead } from "./game.ts";
import { copies, detection, handlers, ids, lane, look, memory, order, tray } from "./switches.ts";

const exercise = (number: number): Lead => ({
  text: `Exercise ${number}`,
  file: `workshop/steps/${String(number).padStart(2, "0")}/README.md`,
});

const before8: Rules = { ...after4, check: "id", receiver: "id" };
const after8: Rules = { ...before8, ids: "deterministic" };
const after10: Rules = { ...after8, content: "stored", copies: "send stored", sweeper: true };

const alone = { billingHandlers: 0, marketing: false, ticks: 0 } as const;
const meat = { type: "AddItem", filling: "Meat" } as const;
const noMeat = { type: "RemoveItem", filling: "Meat" } as const;
const mushrooms = { type: "AddItem", filling: "Mushrooms" } as const;
const noMushrooms = { type: "RemoveItem", filling: "Mushrooms" } as const;

export const games: readonly Game[] = [
  {
    id: "G1",
    title: "Twice",
    rules: "The handler tells Billing, adds to the sheet, returns the card.",
    setup: { ...alone, rules: atStart, script: [meat], faults: ["send twice", "lose the lock"] },
    youBreak: "Copy a card. Or take the lock while the handler writes.",
    breaks: breaks.G1,
    anomaly: "order as wished",
    discovery: "One wish, two portions: to a handler that does not look, a copy is a second command.",
    newRule: "Look first.",
    switches: [look, detection],
    bound: 3,
    leadsTo: [exercise(1), exercise(2)],
  },
  {
    id: "G2",
    title: "Ghost",
    rules: "The handler looks first. If the card is new, it tells Billing, then asks Database to save.",
    setup: {
      ...alone,
      rules: after1,
      script: [meat],
      faults: ["refuse a write for good", "refuse a write once"],
    },
    youBreak: "Database says “never”.",
    breaks: breaks.G2,
    anomaly: "no ghost",
    discovery: "Billing charges for what no order has: what was told can't be taken back.",
    newRule: "Save first, then tell.",
    switches: [order],
    bound: 3,
    leadsTo: [exercise(3)],
  },
  {
    id: "G3",
    title: "Silence",
    rules: "The handler looks, saves, then tells. A card that was handled before is thrown away.",
    setup: {
      ...alone,
      rules: after3,
      script: [meat],
      faults: ["refuse a send", "crash", "refuse a write for good"],
    },
    youBreak: "The broker drops what is told to Billing; the card comes again.",
    breaks: breaks.G3,
    anomaly: "none lost",
    discovery: "Nobody tells Billing, and nobody complains: a retry takes itself for a copy.",
    newRule: "Copies tell, too.",
    switches: [copies, order],
    bound: 3,
    leadsTo: [exercise(4)],
  },
  {
    id: "G4",
    title: "Undead",
    rules: "The handler looks at the sheet first; copies tell, too. Now there is Remove.",
    setup: {
      ...alone,
      rules: after4,
      script: [mushrooms, noMushrooms],
      faults: ["send twice", "hold a second copy"],
    },
    youBreak: "Slide a copy of Add under the table. Hand it in after the removal.",
    breaks: breaks.G4,
    anomaly: "order as wished",
    discovery: "The pierogi are back: the sheet can't tell a late copy from a new wish.",
    newRule: "Keep a list of ids on the sheet.",
    switches: [memory],
    bound: 3,
    promises: ["order as wished"],
    leadsTo: [exercise(6), exercise(7)],
  },
  {
    id: "G5",
    title: "Two names",
    rules: "The handler and Billing keep lists of ids. Each thing told gets its id from a die.",
    setup: { ...alone, rules: before8, script: [meat], faults: ["crash", "refuse a send"] },
    youBreak: "The handler faints after it has told Billing; the next one goes on.",
    breaks: breaks.G5,
    anomaly: "one effect",
    discovery: "Billing charges twice: one fact under two names is two facts.",
    newRule: "The id comes from the command's id.",
    switches: [ids],
    bound: 3,
    leadsTo: [exercise(8)],
  },
  {
    id: "G6",
    title: "Forgotten first",
    rules: "Two handlers. If the sheet has one portion after the change, Marketing is told “first!”.",
    setup: {
      ...alone,
      marketing: true,
      rules: { ...after8, handlers: 2 },
      script: [meat, mushrooms],
      faults: ["refuse a send", "crash"],
    },
    youBreak: "Wait with what is told to Marketing while a second item passes. Then drop it.",
    breaks: breaks.G6,
    anomaly: "none lost",
    discovery: "Marketing hears nothing: the retry counts two portions, and decides otherwise.",
    newRule: "Write what you will tell into the outbox tray, in the same turn.",
    switches: [tray, handlers],
    bound: 3,
    leadsTo: [exercise(9), exercise(10)],
  },
  {
    id: "G7",
    title: "Overtaken",
    rules: "Two handlers, and the outbox tray: nothing told is lost or changed any more.",
    setup: {
      ...alone,
      rules: { ...after10, handlers: 2 },
      script: [meat, noMeat],
      faults: ["refuse a send", "crash"],
    },
    youBreak: "Refuse a send. Let Remove pass meanwhile.",
    breaks: breaks.G7,
    anomaly: "Billing equals Orders",
    discovery: "Billing is wrong once more, though nothing was lost: news overtook older news.",
    newRule: "One lane for each order.",
    switches: [lane, handlers],
    bound: 3,
    // When there is an exercise 17: exercise(17).
    leadsTo: [{ text: "From here to the product", file: "workshop/TO-THE-PRODUCT.md" }],
  },
];

/** The rules with the cure: the game's first switch in its second position. */
export const cured = ({ setup, switches }: Game): Setup => ({
  ...setup,
  rules: { ...setup.rules, ...at(at(switches, 0).positions, 1).rules },
});
