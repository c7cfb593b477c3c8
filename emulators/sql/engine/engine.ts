import type { Statement } from "../parser/ast.ts";
import { parseBatch } from "../parser/parse.ts";
import type { Database } from "../storage/database.ts";
import type { Sources } from "./session.ts";

/** What all sessions share. */
export interface Engine {
  readonly database: Database;
  readonly sources: Sources;
  /** The time in ticks (100 ns since 0001-01-01), UTC; never the same twice in a row. */
  now(): bigint;
  /** Milliseconds that only go forward, to measure how long a statement runs. */
  elapsed(): number;
  parse(text: string, known: readonly string[]): readonly Statement[];
}

const CACHED = 500;

/** Remembers parsed batches by text: programs send the same few over and over. */
export function parseCache(): Engine["parse"] {
  const cache = new Map<string, readonly Statement[]>();
  return (text, known) => {
    const key = `${known.join(",")}\n${text}`;
    const found = cache.get(key);
    if (found !== undefined) return found;
    const statements = parseBatch(text, known);
    if (cache.size >= CACHED) cache.delete(cache.keys().next().value ?? "");
    if (text.length < 100_000) cache.set(key, statements);
    return statements;
  };
}
