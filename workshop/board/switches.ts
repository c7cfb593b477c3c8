import type { Rules } from "../../model/index.ts";

/** One position of a switch: what it is called, and the rules that it sets. */
export interface Position {
  readonly label: string;
  readonly rules: Partial<Rules>;
}

/** What the audience can decide: the title and a position's label make a sentence. */
export interface Switch {
  readonly title: string;
  /** The model's name of the rule, where the switch is that one rule. */
  readonly name?: string;
  readonly positions: readonly Position[];
}

const single = <Key extends keyof Rules>(
  title: string,
  key: Key,
  labels: readonly [Rules[Key], string][],
): Switch => ({
  title,
  positions: labels.map(([value, label]) => ({ label, rules: { [key]: value } })),
});

export const look = single("When a card comes, the handler", "check", [
  ["none", "adds at once"],
  ["state", "looks at the sheet first"],
]);

export const detection = single("The broker", "brokerDetection", [
  [false, "takes every card"],
  [true, "drops an id that it has seen"],
]);

export const order = single("The handler", "order", [
  ["publish first", "tells, then saves"],
  ["save first", "saves, then tells"],
]);

export const copies = single("A card that was handled before", "copies", [
  ["return", "is thrown away"],
  ["publish", "is told again"],
]);

export const memory = single("Whether a card was handled, the handler sees from", "check", [
  ["state", "the order sheet"],
  ["id", "a list of ids"],
]);

export const ids = single("The id of what is told comes from", "ids", [
  ["random", "a die"],
  ["deterministic", "the command's id"],
]);

export const handlers = single("At work", "handlers", [
  [1, "one handler"],
  [2, "two handlers"],
]);

export const tray: Switch = {
  title: "What to tell is",
  positions: [
    {
      label: "worked out when telling",
      rules: { content: "recomputed", copies: "publish", sweeper: false },
    },
    {
      label: "put into the outbox tray, in the turn that saves",
      rules: { content: "stored", copies: "send stored", sweeper: true },
    },
  ],
};

export const lane: Switch = {
  title: "The cards of one order",
  positions: [
    { label: "go to any free handler", rules: { sessions: "none", olderFirst: false } },
    {
      label: "have one lane: one at a time, oldest first",
      rules: { sessions: "commands and events", olderFirst: true },
    },
  ],
};

/** The position in which a switch stands; -1 if the rules fit none. */
export const positionOf = ({ positions }: Switch, rules: Rules): number =>
  positions.findIndex((position) => {
    const known: Readonly<Partial<Record<string, unknown>>> = { ...rules };
    return Object.entries(position.rules).every(([key, value]) => known[key] === value);
  });
