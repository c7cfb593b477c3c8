/** How texts compare: the default ignores case, `binary` nothing but trailing spaces. */
export interface Collation {
  readonly order: "default" | "binary";
  /** Given by COLLATE in the expression itself: it wins over a column's ("Collation Precedence"). */
  readonly explicit: boolean;
}

const COLLATIONS: Readonly<Record<string, Collation["order"]>> = {
  DATABASE_DEFAULT: "default",
  SQL_LATIN1_GENERAL_CP1_CI_AS: "default",
  LATIN1_GENERAL_BIN2: "binary",
  LATIN1_GENERAL_100_BIN2: "binary",
};

/** The order that a collation's name means; undefined for one that is not known here. */
export const orderOf = (name: string): Collation["order"] | undefined =>
  Object.hasOwn(COLLATIONS, name.toUpperCase()) ? COLLATIONS[name.toUpperCase()] : undefined;

export const collationName = (order: Collation["order"]): string =>
  order === "binary" ? "Latin1_General_100_BIN2" : "SQL_Latin1_General_CP1_CI_AS";

/**
 * SQL_Latin1_General_CP1_CI_AS, the default collation: case is ignored, accents are not, trailing spaces do not
 * count. Order: punctuation, then digits, then letters; letters beyond ASCII come after "z".
 */

// Punctuation that ASCII puts between or after the letters goes before the digits.
const PUNCTUATION = new Map(
  [..."[\\]^_`{|}~"].map((character, i) => [character, String.fromCharCode(1 + i)]),
);
const PLAIN = /^[ !-/:-@0-9A-Z]*$/;

const upper = (character: string): string => {
  const result = character.toUpperCase();
  return result.length === character.length ? result : character;
};

/** The text by which two texts compare: equal keys are equal texts. */
export function collationKey(text: string, order: Collation["order"] = "default"): string {
  const end = text.endsWith(" ") ? text.replace(/ +$/, "") : text;
  if (order === "binary" || PLAIN.test(end)) return end;
  let key = "";
  for (const character of end) key += PUNCTUATION.get(character) ?? upper(character);
  return key;
}

/** The same without the trailing spaces' rule, for LIKE and string functions. */
export function foldCase(text: string): string {
  let folded = "";
  for (const character of text) folded += upper(character);
  return folded;
}
