import type { CosmosError } from "../errors.ts";
import { badRequest } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { Token } from "./lexer.ts";

/** A place in a query's tokens, with what every rule of the grammar needs. */
export interface Cursor {
  peek(ahead?: number): Token;
  advance(): Token;
  /** Takes the symbol if it is next. */
  symbol(text: string): boolean;
  /** True if one of these keywords is next. */
  isWord(...words: string[]): boolean;
  /** Takes the keyword if it is next. */
  word(text: string): boolean;
  expectSymbol(text: string): void;
  expectWord(text: string): void;
  /** Runs a rule one level deeper; throws 400 beyond the limit, so that no text can exhaust the stack. */
  nested<T>(rule: () => T): T;
  /** A syntax error at the next token. */
  unexpected(expected: string): CosmosError;
}

/** Opens a cursor at the first token. */
export function cursorOf(tokens: readonly Token[]): Cursor {
  let index = 0;
  let depth = 0;
  const end: Token = { type: "end", text: "", at: 0 };
  const peek = (ahead = 0): Token => tokens[index + ahead] ?? tokens.at(-1) ?? end;
  const isWord = (...words: string[]): boolean => {
    const token = peek();
    return token.type === "word" && words.includes(token.text.toUpperCase());
  };
  const isSymbol = (text: string): boolean => peek().type === "symbol" && peek().text === text;
  const unexpected = (expected: string): CosmosError => {
    const { type, text, at } = peek();
    const found = type === "end" ? "the query ends" : `found ${text.slice(0, 50)}`;
    return badRequest(`Syntax error: expected ${expected}, but ${found} at position ${at}.`);
  };
  const take = (matches: boolean): boolean => {
    if (matches) index += 1;
    return matches;
  };
  return {
    peek,
    advance() {
      const token = peek();
      index += 1;
      return token;
    },
    symbol: (text) => take(isSymbol(text)),
    isWord,
    word: (text) => take(isWord(text)),
    expectSymbol(text) {
      if (!take(isSymbol(text))) throw unexpected(text);
    },
    expectWord(text) {
      if (!take(isWord(text))) throw unexpected(text);
    },
    nested(rule) {
      depth += 1;
      if (depth > LIMITS.queryNesting)
        throw badRequest(`The query nests deeper than ${LIMITS.queryNesting} levels.`);
      const result = rule();
      depth -= 1;
      return result;
    },
    unexpected,
  };
}
