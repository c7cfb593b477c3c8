import type { JsonObject } from "../json.ts";
import { compile } from "./compile.ts";
import { parseQuery } from "./parser.ts";

/** A patch's condition, `FROM c WHERE ...`, made ready. Throws 400 if it is not one. */
export function compileCondition(text: string): (item: JsonObject) => boolean {
  const { where } = parseQuery(`SELECT * ${text}`, {});
  if (where === undefined) return () => true;
  const test = compile(where);
  return (item) => test(item) === true;
}
