import { type Collation, foldCase } from "../types/collation.ts";

/**
 * Whether a text matches a LIKE pattern: %, _, [a-f], [^a-f]; case is ignored unless the order is binary. Trailing
 * spaces of the pattern count.
 */
export function likeMatcher(
  pattern: string,
  escapeWith?: string,
  order: Collation["order"] = "default",
): (text: string) => boolean {
  const fold = order === "binary" ? (text: string) => text : foldCase;
  const literal = (character: string): string => fold(character).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  let source = "^";
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] ?? "";
    if (escapeWith !== undefined && character === escapeWith && i + 1 < pattern.length)
      source += literal(pattern[++i] ?? "");
    else if (character === "%") source += "[^]*";
    else if (character === "_") source += "[^]";
    else if (character === "[") {
      const end = pattern.indexOf("]", i + 2);
      if (end === -1) return () => false;
      source += characterClass(fold(pattern.slice(i + 1, end)));
      i = end;
    } else source += literal(character);
  }
  const expression = new RegExp(`${source} *$`);
  return (text) => expression.test(fold(text));
}

function characterClass(content: string): string {
  const negated = content.startsWith("^");
  const members = (negated ? content.slice(1) : content).replace(/[\\\]^[]/g, "\\$&");
  // "a-" or "-a": a hyphen at an end is itself; a range the wrong way round matches nothing.
  const ranges = members.replace(/(.)-(.)/g, (range, from: string, to: string) => (from <= to ? range : ""));
  if (ranges === "") return negated ? "[^]" : "(?!)";
  return `[${negated ? "^" : ""}${ranges}]`;
}
