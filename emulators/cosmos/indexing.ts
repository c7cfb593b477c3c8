import { badRequest, unsupported } from "./errors.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { parsePath } from "./partition-key.ts";

/** The part of a container's indexing policy that decides charges and which queries are served. */
export interface IndexingPolicy {
  /** True if the value at a path (property names; `[]` for an array's elements) is indexed. */
  indexes(path: readonly string[]): boolean;
  /** True if the policy itself names nothing to index, so that writes pay for no terms. */
  readonly lean: boolean;
  /** Composite indexes: paths as `/a/b`, each with its direction. */
  readonly composites: ReadonlyArray<ReadonlyArray<{ readonly path: string; readonly descending: boolean }>>;
}

/** What a container gets that brings no policy of its own. */
export const DEFAULT_INDEXING: JsonObject = {
  indexingMode: "consistent",
  automatic: true,
  includedPaths: [{ path: "/*" }],
  excludedPaths: [{ path: '/"_etag"/?' }],
};

const KNOWN = [
  "indexingMode",
  "automatic",
  "includedPaths",
  "excludedPaths",
  "compositeIndexes",
  "spatialIndexes",
];
/** Indexed whatever the policy says, while the mode is consistent (Indexing policies, system properties). */
const ALWAYS = new Set(["id", "_ts"]);

interface Rule {
  readonly names: readonly string[];
  /** `/*` ends in any depth, `/?` at the value itself. */
  readonly deep: boolean;
  readonly include: boolean;
}

/** Reads an indexing policy. Throws 400 for what it cannot keep. */
export function compileIndexing(policy: JsonObject): IndexingPolicy {
  for (const name of Object.keys(policy))
    if (!KNOWN.includes(name)) throw unsupported(`indexingPolicy.${name}`);
  if (listOf(policy, "spatialIndexes").length > 0) throw unsupported("spatial indexes");
  const mode =
    typeof policy["indexingMode"] === "string" ? policy["indexingMode"].toLowerCase() : "consistent";
  if (mode !== "consistent" && mode !== "none") throw unsupported(`indexingMode "${mode}"`);
  if (policy["automatic"] === false && mode !== "none") throw unsupported("indexingPolicy.automatic: false");

  const excluded = listOf(policy, "excludedPaths").map((entry) => ruleOf(entry, false));
  const isRoot = (rule: Rule): boolean => rule.deep && rule.names.length === 0;
  const included = listOf(policy, "includedPaths")
    .map((entry) => ruleOf(entry, true))
    .filter((rule) => !isRoot(rule) || !excluded.some(isRoot));
  const rules = [...included, ...excluded];
  const indexes = (path: readonly string[]): boolean => {
    if (mode === "none") return false;
    if (path.length === 1 && ALWAYS.has(path[0] ?? "")) return true;
    // The more precise path wins (Indexing policies, include/exclude precedence).
    let best: Rule | undefined;
    for (const rule of rules)
      if (covers(rule, path) && (best === undefined || precision(rule) >= precision(best))) best = rule;
    return best?.include ?? false;
  };
  return {
    indexes,
    lean: mode === "none" || included.length === 0,
    composites: listOf(policy, "compositeIndexes").map(compositeOf),
  };
}

const precision = (rule: Rule): number => rule.names.length * 2 + (rule.deep ? 0 : 1);

const covers = (rule: Rule, path: readonly string[]): boolean =>
  (rule.deep ? path.length >= rule.names.length : path.length === rule.names.length) &&
  rule.names.every((name, index) => name === path[index]);

function listOf(policy: JsonObject, name: string): Json[] {
  const list = policy[name] ?? [];
  if (!Array.isArray(list)) throw badRequest(`indexingPolicy.${name} must be an array.`);
  return list;
}

function ruleOf(entry: Json, include: boolean): Rule {
  const path = isObject(entry) ? entry["path"] : undefined;
  if (typeof path !== "string" || !/\/[*?]$/.test(path))
    throw badRequest(`A path of an indexing policy ends in /* or /?, but is ${JSON.stringify(path)}.`);
  const prefix = path.slice(0, -2);
  return { names: prefix === "" ? [] : parsePath(prefix), deep: path.endsWith("*"), include };
}

function compositeOf(list: Json): Array<{ path: string; descending: boolean }> {
  if (!Array.isArray(list)) throw badRequest("indexingPolicy.compositeIndexes must be an array of arrays.");
  return list.map((entry) => {
    const path = isObject(entry) ? entry["path"] : undefined;
    if (!isObject(entry) || typeof path !== "string")
      throw badRequest("A composite index's entry needs a path.");
    return { path: `/${parsePath(path).join("/")}`, descending: entry["order"] === "descending" };
  });
}

/** The indexed scalars of an item, each under a text of its path. */
export function indexedTerms(item: JsonObject, policy: IndexingPolicy): Map<string, Json> {
  const terms = new Map<string, Json>();
  const walk = (value: Json, path: readonly string[], name: string): void => {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) walk(element, [...path, "[]"], `${name}/${index}`);
    } else if (isObject(value)) {
      for (const key of Object.keys(value)) walk(value[key] ?? null, [...path, key], `${name}/${key}`);
    } else if (policy.indexes(path)) terms.set(name, value);
  };
  if (!policy.lean) walk(item, [], "");
  return terms;
}
