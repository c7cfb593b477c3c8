import { badRequest } from "../errors.ts";

/** One token; `text` of a word is as written, `value` of a string or number is what it means. */
export type Token =
  | { readonly type: "word" | "parameter" | "symbol" | "end"; readonly text: string; readonly at: number }
  | { readonly type: "string"; readonly text: string; readonly value: string; readonly at: number }
  | { readonly type: "number"; readonly text: string; readonly value: number; readonly at: number };

const SPACE = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const PARAMETER = /@[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const SYMBOL = /<>|!=|<=|>=|<<|>>>|>>|\|\||\?\?|[-+*/%=<>()[\]{},.:?&|^~]/y;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Splits a query's text into tokens, with an `end` token last. Throws 400 at a character that begins none. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    return match?.[0];
  };
  while (true) {
    at += take(SPACE)?.length ?? 0;
    if (at >= text.length) break;
    const token = next(take, at);
    if (token === undefined)
      throw badRequest(
        `Syntax error: unexpected ${JSON.stringify(text.slice(at, at + 20))} at position ${at}.`,
      );
    tokens.push(token);
    at += token.text.length;
  }
  return [...tokens, { type: "end", text: "", at }];
}

function next(take: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const word = take(WORD);
  if (word !== undefined) return { type: "word", text: word, at };
  const parameter = take(PARAMETER);
  if (parameter !== undefined) return { type: "parameter", text: parameter, at };
  const number = take(NUMBER);
  if (number !== undefined) return { type: "number", text: number, value: Number(number), at };
  const string = take(STRING);
  if (string !== undefined)
    return { type: "string", text: string, value: meaningOf(string.slice(1, -1)), at };
  const symbol = take(SYMBOL);
  return symbol === undefined ? undefined : { type: "symbol", text: symbol, at };
}

const meaningOf = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
