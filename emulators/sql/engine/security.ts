import type { Runtime } from "../binder/bound.ts";
import { sqlError } from "../errors/sql-error.ts";
import type { Statement } from "../parser/ast.ts";
import type { Principal } from "../storage/database.ts";
import { catalog } from "./redefine.ts";

/** Users, roles and permissions are kept, and not enforced. */
export function secure({ action, text }: Statement & { readonly type: "security" }, runtime: Runtime): void {
  const { principals } = runtime.database;
  const before = [...principals];
  const restore = (): void => {
    principals.splice(0, principals.length, ...before);
  };
  const is = (kind: string) => (principal: Principal) =>
    principal.kind === kind && principal.name.toLowerCase() === action.name.toLowerCase();
  const fixed = /^(db_|public$|dbo$|guest$)/i.test(action.name);
  if (action.verb === "create") {
    if (principals.some(is("user")) || principals.some(is("role")) || fixed)
      throw sqlError(15023, action.name);
    principals.push({ kind: action.kind === "user" ? "user" : "role", name: action.name, text });
  } else if (action.verb === "drop") {
    const index = principals.findIndex(is(action.kind));
    if (index === -1 && !text.includes("IF EXISTS")) throw sqlError(15151, action.kind, action.name);
    if (index !== -1) principals.splice(index, 1);
  } else {
    if (action.kind === "role" && !fixed && !principals.some(is("role")))
      throw sqlError(15151, "role", action.name);
    const known = action.member ?? action.name;
    if (
      action.kind !== "role" &&
      !fixed &&
      !principals.some((principal) => principal.name.toLowerCase() === known.toLowerCase())
    )
      throw sqlError(15151, "user", known);
    if (!principals.some((principal) => principal.text === text))
      principals.push({ kind: action.kind === "role" ? "member" : "permission", name: known, text });
  }
  catalog(runtime, restore);
}
