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

/** The text by which two texts of the default collation compare: equal keys are equal texts. */
export function collationKey(text: string): string {
  const end = text.endsWith(" ") ? text.replace(/ +$/, "") : text;
  if (PLAIN.test(end)) return end;
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
