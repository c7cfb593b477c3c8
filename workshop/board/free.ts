import { type Command, type FaultKind, production, type Rules, type Setup } from "../../model/index.ts";
import type { Situation } from "./game.ts";
import type { Switch } from "./switches.ts";

type Name = keyof Rules;

/** A rule as the model has it: its values are the labels, so that what the model says about them can be read. */
const rule = <Key extends Name>(title: string, name: Key, values: readonly Rules[Key][]): Switch => ({
  title,
  name,
  positions: values.map((value) => ({ label: labelOf(value), rules: { [name]: value } })),
});

function labelOf(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
const yesOrNo = [true, false] as const;

export const ruleSwitches: readonly Switch[] = [
  rule("What a handler does first", "order", ["publish first", "save first"]),
  rule("How Orders tells a copy", "check", ["none", "state", "id"]),
  rule("What it does about a copy", "copies", ["return", "publish", "send stored"]),
  rule("Ids of what is told", "ids", ["random", "deterministic"]),
  rule("What to tell", "content", ["recomputed", "stored"]),
  rule("Id in the list, and the save: one write?", "idWrite", ["same", "after", "before"]),
  rule("An id that is there already", "recordWrite", ["create", "upsert"]),
  rule("Save only what nobody has changed", "conditionalWrite", yesOrNo),
  rule("Save even if nothing changes", "writesUnchanged", yesOrNo),
  rule("Sheet and list of ids are read", "reads", [
    "together",
    "in parallel",
    "state first",
    "record first",
    "state only",
  ]),
  rule("How Billing and Marketing tell a copy", "receiver", ["none", "state", "id"]),
  rule("The broker drops ids that it has seen", "brokerDetection", yesOrNo),
  rule("Handlers", "handlers", [1, 2]),
  rule("One lane for each order", "sessions", ["none", "commands", "commands and events"]),
  rule("Older news first", "olderFirst", yesOrNo),
  rule("Deliveries at most (0: any number)", "deliveryLimit", [0, 1, 2, 3]),
  rule("The dispatcher sweeps the tray", "sweeper", yesOrNo),
  rule("The tray is cleared", "deletes", ["after sending", "before sending"]),
  rule("An operator replays dead letters", "replay", [
    "never",
    "fresh broker id",
    "same broker id",
    "new logical id",
  ]),
];

/** Rules that say something only with a clock. */
export const clockSwitches: readonly Switch[] = [
  rule("A late save is stopped by", "mode", ["deadline", "fence"]),
  rule("Ticks that an id is kept (0: for ever)", "retention", [0, 2, 3]),
  rule("What is too old is put aside", "guard", yesOrNo),
  rule("Ticks that the guard is early", "margin", [0, 1, 2]),
  rule("Ticks that clocks differ", "skew", [0, 1]),
  rule("Ids live longer by that difference", "skewInLife", yesOrNo),
  rule("Told again, with a new time", "restamped", yesOrNo),
  rule("The tray forgets, too", "itemsExpire", yesOrNo),
];

/** What a client can want, and the words for it. */
export const wishes: readonly { readonly label: string; readonly command: Command }[] = [
  { label: "Add Meat", command: { type: "AddItem", filling: "Meat" } },
  { label: "Add Mushrooms", command: { type: "AddItem", filling: "Mushrooms" } },
  { label: "Remove Meat", command: { type: "RemoveItem", filling: "Meat" } },
  { label: "Remove Mushrooms", command: { type: "RemoveItem", filling: "Mushrooms" } },
];

/** The setup with a failure more, or less, in the order of the model. */
export const withFault = (
  setup: Setup,
  all: readonly FaultKind[],
  fault: FaultKind,
  isOn: boolean,
): Setup => ({
  ...setup,
  faults: all.filter((each) => (each === fault ? isOn : setup.faults.includes(each))),
});

/** A table for people who explore: production's rules, and every switch. */
export const freeTable: Situation = {
  id: "free",
  title: "Free table",
  rules: "The product's rules. Change whatever you like, break it, and ask the checker what you have missed.",
  setup: {
    rules: production,
    script: [
      { type: "AddItem", filling: "Meat" },
      { type: "RemoveItem", filling: "Meat" },
    ],
    billingHandlers: 0,
    marketing: false,
    faults: ["send twice", "lose the lock", "refuse a send", "crash"],
    ticks: 0,
  },
  switches: ruleSwitches,
  bound: 2,
};
