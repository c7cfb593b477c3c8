import type { Facts, operations } from "../../faults/index.ts";
import type { Engine } from "../engine/engine.ts";
import { parseParameters } from "../engine/procedures.ts";
import type { Prepared } from "../engine/rpc.ts";
import type { Statement } from "../parser/ast.ts";
import type { Request } from "./dispatch.ts";

/** What a request is to a fault plan. */
export interface Described {
  readonly operation: (typeof operations.sql)[number];
  /** One for each table that it names, alone and with each value of its parameters. */
  facts(): readonly Facts[];
}

type Parser = Pick<Engine, "parse">;

interface Text {
  readonly text: string;
  /** Names as declared, with @. */
  readonly names: readonly string[];
  readonly values: readonly { readonly name: string; readonly value: unknown }[];
}

/** `commit` if its statements contain a COMMIT, wherever that stands; what `EXEC` runs is not looked into. */
export function describeRequest(request: Request, engine: Parser, prepared: Prepared): Described {
  if (request.kind === "transaction") {
    return { operation: request.operation === "commit" ? "commit" : "statement", facts: () => [{}] };
  }
  const found = textOf(request, prepared);
  if (found === undefined) return { operation: "statement", facts: () => [{}] };
  // Parsed only if a COMMIT could be in it.
  const commits = /commit/i.test(found.text) && summaryOf(engine, found).commits;
  return { operation: commits ? "commit" : "statement", facts: () => factsOf(engine, found) };
}

function textOf(request: Request, prepared: Prepared): Text | undefined {
  if (request.kind === "batch") return { text: request.text, names: [], values: [] };
  if (request.kind !== "rpc") return undefined;
  const { procedure, parameters } = request;
  const text = (at: number): string => String(parameters[at]?.value ?? "");
  if (procedure === "sp_execute") {
    const statement = prepared.get(Number(parameters[0]?.value ?? 0));
    if (statement === undefined) return undefined;
    return withNames(
      statement.text,
      statement.parameters.map(({ name }) => name),
      parameters.slice(1),
    );
  }
  if (procedure === "sp_executesql") return withNames(text(0), declared(text(1)), parameters.slice(2));
  if (procedure === "sp_prepexec") return withNames(text(2), declared(text(1)), parameters.slice(3));
  return undefined;
}

const withNames = (text: string, names: readonly string[], values: Text["values"]): Text => ({
  text,
  names,
  values: values.map(({ name, value }, i) => ({ name: name || (names[i] ?? ""), value })),
});

function declared(text: string): readonly string[] {
  try {
    return parseParameters(text).map(({ name }) => name);
  } catch {
    // The request itself will say what is wrong.
    return [];
  }
}

function factsOf(engine: Parser, found: Text): readonly Facts[] {
  const { tables } = summaryOf(engine, found);
  const written = namesIn(found.text);
  const values = found.values.map(
    ({ name, value }) => [(written.get(name.toLowerCase()) ?? name).replace(/^@/, ""), plain(value)] as const,
  );
  const properties = Object.fromEntries(values);
  // Alone first: what a rule without an aggregate reports.
  const aggregates = [undefined, ...values.flatMap(([, value]) => (value === null ? [] : [String(value)]))];
  const entities = tables.length === 0 ? [undefined] : tables;
  return entities.flatMap((entity) => aggregates.map((aggregate) => ({ entity, aggregate, properties })));
}

/** T-SQL's names have no case, but a rule of a plan has: it sees them as the statement writes them. */
const namesIn = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/@[\p{L}\p{N}_#$@]+/gu)].map(([name]) => [name.toLowerCase(), name]));

/** A value as JSON could give it in a rule. */
const plain = (value: unknown): string | number | boolean | null => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : String(value);
};

interface Summary {
  readonly commits: boolean;
  /** As written, without brackets: `ordering.Inbox`. */
  readonly tables: readonly string[];
}

const summaries = new WeakMap<readonly Statement[], Summary>();

function summaryOf(engine: Parser, { text, names }: Text): Summary {
  let statements: readonly Statement[];
  try {
    statements = engine.parse(text, names);
  } catch {
    return { commits: false, tables: [] };
  }
  const known = summaries.get(statements);
  if (known !== undefined) return known;
  const summary = summarize(statements);
  summaries.set(statements, summary);
  return summary;
}

const CHANGES: ReadonlySet<unknown> = new Set(["insert", "update", "delete", "truncate"]);

function summarize(statements: readonly Statement[]): Summary {
  let commits = false;
  const tables = new Set<string>();
  const aliases = new Set<string>();
  for (const { type, name, table, alias } of nodesOf(statements)) {
    if (type === "commit") commits = true;
    if (type === "table" && Array.isArray(name)) tables.add(name.join("."));
    if (CHANGES.has(type) && Array.isArray(table)) tables.add(table.join("."));
    if (typeof alias === "string") aliases.add(alias);
  }
  return { commits, tables: [...tables].filter((name) => !aliases.has(name)) };
}

/** All objects of a syntax tree, from the outside in. */
function* nodesOf(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const part of Object.values(value)) yield* nodesOf(part);
}
