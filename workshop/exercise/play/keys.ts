/** What a customer can order, by the keys 1 to 7; each has a fault of its own. */
export const fillings = [
  "Spinach",
  "Meat",
  "Mushrooms",
  "SwissCheese",
  "QuarkAndPotatoes",
  "Strawberry",
  "Sauerkraut",
] as const;

/** What the keys ask for. */
export type Wish =
  | { readonly kind: "command"; readonly type: "AddItem" | "RemoveItem"; readonly filling: string }
  | { readonly kind: "order" }
  | { readonly kind: "quit" };

/** @returns what turns keys into wishes: a digit adds, r and a digit removes, o begins another order */
export function createKeys(): (key: string) => Wish | undefined {
  let removes = false;
  return (key) => {
    const filling = fillings[Number(key) - 1];
    const type = removes ? "RemoveItem" : "AddItem";
    removes = key === "r";
    if (filling !== undefined) return { kind: "command", type, filling };
    if (key === "o") return { kind: "order" };
    return ["q", "\u0003", "\u0004"].includes(key) ? { kind: "quit" } : undefined;
  };
}

/** The keys, in lines that a terminal of 80 columns shows. */
export const keysHelp = [
  `add     ${fillings
    .slice(0, 4)
    .map((name, index) => `${index + 1} ${name}`)
    .join("  ")}`,
  `        ${fillings
    .slice(4)
    .map((name, index) => `${index + 5} ${name}`)
    .join("  ")}`,
  "remove  r and a digit      another order  o      quit  q",
].join("\n");
