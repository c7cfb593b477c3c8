import { sqlErrorAt } from "../errors/sql-error.ts";
import { RESERVED } from "./keywords.ts";

export type TokenKind =
  | "keyword"
  | "name"
  | "quoted"
  | "variable"
  | "global"
  | "string"
  | "number"
  | "binary"
  | "symbol"
  | "end";

/** A word of a batch. */
export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** Keywords and names in upper case; a string's or quoted name's content. */
  readonly value: string;
  /** A string with N before it. */
  readonly national: boolean;
  /** From 1. */
  readonly line: number;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[\p{L}_#][\p{L}\p{N}_@#$]*/uy;
const VARIABLE = /@@?[\p{L}\p{N}_@#$]+/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const BINARY = /0[xX][0-9a-fA-F]*/y;
const SYMBOL = /<>|!=|<=|>=|!<|!>|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|::|[-+*/%=<>()[\],.;&|^~:?{}!$\\]/y;
const PLAIN: readonly (readonly [RegExp, TokenKind | "word"])[] = [
  [VARIABLE, "variable"],
  [BINARY, "binary"],
  [NUMBER, "number"],
  [WORD, "word"],
  [SYMBOL, "symbol"],
];
const STRING = /'((?:[^']|'')*)'/y;
const BRACKETS = /\[((?:[^\]]|\]\])*)\]/y;
const QUOTES = /"((?:[^"]|"")*)"/y;

/** Splits a batch into tokens; the last one is "end". Throws 105 (open quote), 113 (open comment), 102. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let counted = 0;

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const lineAt = (position: number): number => {
    for (; counted < position; counted++) if (text.charCodeAt(counted) === 10) line++;
    return line;
  };
  const push = (kind: TokenKind, length: number, value: string, national = false): void => {
    tokens.push({ kind, text: text.slice(at, at + length), value, national, line: lineAt(at) });
    at += length;
  };

  for (;;) {
    const skipped = match(SPACE) ?? match(LINE_COMMENT);
    if (skipped !== null) {
      at += skipped[0].length;
      continue;
    }
    if (text.startsWith("/*", at)) {
      at = endOfComment(text, at, lineAt(at));
      continue;
    }
    if (at >= text.length) break;
    const character = text[at];
    if (character === "'" || ((character === "N" || character === "n") && text[at + 1] === "'")) {
      const national = character !== "'";
      const start = at;
      if (national) at += 1;
      const found = match(STRING);
      at = start;
      if (found === null) throw sqlErrorAt(lineAt(at), 105, text.slice(at + (national ? 2 : 1), at + 60));
      push("string", found[0].length + (national ? 1 : 0), (found[1] ?? "").replaceAll("''", "'"), national);
    } else if (character === "[" || character === '"') {
      const found = match(character === "[" ? BRACKETS : QUOTES);
      if (found === null) throw sqlErrorAt(lineAt(at), 105, text.slice(at + 1, at + 60));
      const close = character === "[" ? "]" : '"';
      push("quoted", found[0].length, (found[1] ?? "").replaceAll(close + close, close));
    } else pushPlain();
  }
  tokens.push({ kind: "end", text: "", value: "", national: false, line: lineAt(text.length) });
  return tokens;

  /** What begins with neither a quote nor a bracket. */
  function pushPlain(): void {
    for (const [pattern, kind] of PLAIN) {
      const found = match(pattern)?.[0];
      if (found === undefined) continue;
      if (kind === "word") {
        const upper = found.toUpperCase();
        push(RESERVED.has(upper) ? "keyword" : "name", found.length, upper);
      } else if (kind === "variable")
        push(found.startsWith("@@") ? "global" : kind, found.length, found.toLowerCase());
      else push(kind, found.length, kind === "binary" ? found.slice(2) : found);
      return;
    }
    throw sqlErrorAt(lineAt(at), 102, text.slice(at, at + 1));
  }
}

/** Comments nest. */
function endOfComment(text: string, start: number, line: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const open = text.indexOf("/*", at);
    const close = text.indexOf("*/", at);
    if (close === -1) throw sqlErrorAt(line, 113);
    if (open !== -1 && open < close) {
      depth++;
      at = open + 2;
    } else {
      depth--;
      at = close + 2;
      if (depth === 0) return at;
    }
  }
}
