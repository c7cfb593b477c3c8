import { sqlError } from "../errors/sql-error.ts";
import type { JsonColumn } from "../parser/ast.ts";
import { converter } from "../types/convert.ts";
import { MAX, nvarchar, type SqlValue } from "../types/sql-type.ts";
import { JSON_TYPES, type Json, parseJson, scalarText } from "./json.ts";
import { follow, type JsonPath, parsePath } from "./json-path.ts";

/** The elements that OPENJSON makes rows of: a list's items or an object's members. */
function elements(text: string, path: JsonPath): (readonly [string, Json])[] {
  const root = follow(parseJson(text), path);
  if (root?.type === "array") return root.items.map((item, i) => [String(i), item] as const);
  if (root?.type === "object") return [...root.members];
  if (root !== undefined && path.strict) throw sqlError(13624);
  return [];
}

/** OPENJSON without WITH: key, value, type. */
export function openJson(text: string, path: string): SqlValue[][] {
  return elements(text, parsePath(path)).map(([key, json]) => {
    const scalar = scalarText(json);
    return [key, scalar === undefined ? json.text : scalar, JSON_TYPES[json.type]];
  });
}

/** OPENJSON WITH (…): the compiled columns give a row for each element; an object alone is one row. */
export function openJsonWith(columns: readonly JsonColumn[]): (text: string, path: string) => SqlValue[][] {
  const readers = columns.map(({ name, columnType, path, asJson }) => {
    const way = parsePath(path ?? `$."${name.replace(/["\\]/g, "\\$&")}"`);
    const convert = converter(nvarchar(MAX), columnType, { explicit: true });
    return (json: Json): SqlValue => {
      const found = follow(json, way);
      if (found === undefined) return null;
      const scalar = scalarText(found);
      if (asJson) {
        if (scalar === undefined) return found.text;
        if (way.strict) throw sqlError(13624);
        return null;
      }
      if (scalar === undefined) {
        if (way.strict) throw sqlError(13623);
        return null;
      }
      return scalar === null ? null : convert(scalar);
    };
  });
  return (text, path) => {
    const way = parsePath(path);
    const root = follow(parseJson(text), way);
    const rows = root?.type === "array" ? root.items : root?.type === "object" ? [root] : [];
    return rows.map((json) => readers.map((read) => read(json)));
  };
}
