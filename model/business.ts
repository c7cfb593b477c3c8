/** A command to Orders. Its event, ItemAdded or ItemRemoved, makes Billing do the same to its own sheet. */
export interface Command {
  readonly type: "AddItem" | "RemoveItem";
  readonly filling: Filling;
}

export const fillings = ["Meat", "Mushrooms"] as const;
export type Filling = (typeof fillings)[number];

/** How many portions of each filling: two bits a filling, so that a sheet is a small number. Counts to 3. */
export type Sheet = number;

const most = 3;
const shift = (filling: Filling): number => 2 * fillings.indexOf(filling);

export const portions = (sheet: Sheet, filling: Filling): number => (sheet >> shift(filling)) & most;

export const total = (sheet: Sheet): number => fillings.reduce((sum, f) => sum + portions(sheet, f), 0);

/** The sheet after a command, or after the event that it caused. */
export function changed(sheet: Sheet, { type, filling }: Command): Sheet {
  const count = type === "RemoveItem" ? 0 : Math.min(most, portions(sheet, filling) + 1);
  return (sheet & ~(most << shift(filling))) | (count << shift(filling));
}

/** The check of exercise 1: does the sheet look as if the command had been processed? */
export const looksDone = (sheet: Sheet, { type, filling }: Command): boolean =>
  portions(sheet, filling) > 0 === (type === "AddItem");

/** For example "2 Meat, 1 Mushrooms". */
export function inWords(sheet: Sheet): string {
  const lines = fillings.flatMap((f) => (portions(sheet, f) > 0 ? [`${portions(sheet, f)} ${f}`] : []));
  return lines.length > 0 ? lines.join(", ") : "nothing";
}
