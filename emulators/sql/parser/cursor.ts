import { type SqlError, sqlErrorAt, unsupported } from "../errors/sql-error.ts";
import type { Token } from "../lexer/lexer.ts";
import type { Name } from "./ast.ts";

/** Deepest nesting of expressions, queries and blocks. */
const MAX_DEPTH = 200;

/** The parser's place in a batch's tokens, and what every production needs of it. */
export interface Cursor {
  /** The token at hand. */
  peek(ahead?: number): Token;
  next(): Token;
  line(): number;
  /** Whether the tokens at hand are these words (upper case) or symbols. */
  at(...words: readonly string[]): boolean;
  /** Takes these words if they are at hand. */
  take(...words: readonly string[]): boolean;
  /** Takes these words, or throws 102 or 156. */
  expect(...words: readonly string[]): void;
  /** A name: quoted, or a word that is not reserved. */
  identifier(): string;
  atIdentifier(): boolean;
  /** A name of up to four parts. */
  name(): Name;
  /** The syntax error at the token at hand. */
  error(): SqlError;
  refuse(construct: string): SqlError;
  /** Runs a production one level deeper; throws 191 past the limit. */
  nested<T>(production: () => T): T;
  /** A list with commas. */
  list<T>(item: () => T): T[];
  /** A list with commas between parentheses. */
  parenthesized<T>(item: () => T): T[];
  /** Declares a variable (134 if it is there), and notes one that is used (137 at the end if it is not). */
  declare(name: string): void;
  use(name: string): void;
}

/** A cursor at the first token. `known` are the variables that exist already: a request's parameters. */
export function cursorOf(tokens: readonly Token[], known: Iterable<string>): Cursor {
  let position = 0;
  let depth = 0;
  const variables = new Set(known);
  const end = tokens.at(-1) as Token;
  const peek = (ahead = 0): Token => tokens[position + ahead] ?? end;

  const matches = (token: Token, word: string): boolean =>
    (token.kind === "symbol" || token.kind === "keyword" || token.kind === "name") && token.value === word;
  const at = (...words: readonly string[]): boolean => words.every((word, i) => matches(peek(i), word));
  const take = (...words: readonly string[]): boolean => {
    if (!at(...words)) return false;
    position += words.length;
    return true;
  };
  const next = (): Token => {
    const token = peek();
    if (position < tokens.length - 1) position++;
    return token;
  };
  const error = (): SqlError => {
    const token = peek();
    if (token.kind === "keyword") return sqlErrorAt(token.line, 156, token.text);
    const last = token.kind === "end" ? tokens.at(-2) : token;
    return sqlErrorAt(token.line, 102, last?.text ?? "");
  };
  const expect = (...words: readonly string[]): void => {
    for (const word of words) if (!take(word)) throw error();
  };
  const atIdentifier = (): boolean => peek().kind === "name" || peek().kind === "quoted";
  const identifier = (): string => {
    if (!atIdentifier()) throw error();
    const token = next();
    return token.kind === "quoted" ? token.value : token.text;
  };
  const list = <T>(item: () => T): T[] => {
    const items = [item()];
    while (take(",")) items.push(item());
    return items;
  };

  return {
    peek,
    next,
    line: () => peek().line,
    at,
    take,
    expect,
    identifier,
    atIdentifier,
    name() {
      const parts = [identifier()];
      while (take(".")) {
        // db..table: the default schema.
        parts.push(at(".") ? "" : identifier());
      }
      if (parts.length > 3) throw unsupported("A name of four parts (a linked server)", peek().line);
      return parts;
    },
    error,
    refuse: (construct) => unsupported(construct, peek().line),
    nested(production) {
      if (++depth > MAX_DEPTH) throw sqlErrorAt(peek().line, 191);
      try {
        return production();
      } finally {
        depth--;
      }
    },
    list,
    parenthesized(item) {
      expect("(");
      const items = list(item);
      expect(")");
      return items;
    },
    declare(name) {
      if (variables.has(name)) throw sqlErrorAt(peek().line, 134, name);
      variables.add(name);
    },
    use(name) {
      if (!variables.has(name)) throw sqlErrorAt(peek().line, 137, name);
    },
  };
}
