import { badRequest, preconditionFailed, unsupported } from "../errors.ts";
import { isObject, type Json, type JsonObject, own } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { compileCondition } from "../query/condition.ts";

/** A partial update: operations in order, applied only if the condition holds. */
export interface Patch {
  readonly operations: readonly PatchOperation[];
  /** `FROM c WHERE ...` */
  readonly condition?: string;
}

interface PatchOperation {
  readonly op: "add" | "set" | "replace" | "remove" | "incr" | "move";
  readonly path: readonly string[];
  readonly value?: Json;
  readonly from?: readonly string[];
}

const OPERATIONS = ["add", "set", "replace", "remove", "incr", "move"] as const;

/** Reads a patch: a list of operations, or `{operations, condition}`. */
export function parsePatch(body: Json): Patch {
  const { operations, condition, ...rest } = isObject(body) ? body : { operations: body };
  for (const name of Object.keys(rest)) throw unsupported(`the patch property "${name}"`);
  if (!Array.isArray(operations) || operations.length === 0)
    throw badRequest("A patch needs an array of operations with at least one.");
  if (operations.length > LIMITS.patchOperations)
    throw badRequest(`A patch has at most ${LIMITS.patchOperations} operations, not ${operations.length}.`);
  if (condition !== undefined && typeof condition !== "string")
    throw badRequest("A patch's condition must be a text such as FROM c WHERE c.n = 1.");
  return { operations: operations.map(parseOperation), ...(condition === undefined ? {} : { condition }) };
}

function parseOperation(value: Json): PatchOperation {
  if (!isObject(value)) throw badRequest("A patch operation must be an object.");
  const op = OPERATIONS.find((name) => name === value["op"]);
  if (op === undefined)
    throw unsupported(`the patch operation ${JSON.stringify(value["op"])}`, `Use ${OPERATIONS.join(", ")}.`);
  const needsValue = op !== "remove" && op !== "move";
  const operand = value["value"];
  if (needsValue && operand === undefined) throw badRequest(`The patch operation "${op}" needs a value.`);
  if (op === "incr" && typeof operand !== "number")
    throw badRequest('The patch operation "incr" needs a number.');
  return {
    op,
    path: pointer(value["path"]),
    ...(operand === undefined ? {} : { value: operand }),
    ...(op === "move" ? { from: pointer(value["from"]) } : {}),
  };
}

/** A JSON pointer (RFC 6901) as its parts. */
function pointer(value: Json | undefined): string[] {
  if (typeof value !== "string" || !/^\/./.test(value))
    throw badRequest(`A patch path must look like /property, but is ${JSON.stringify(value)}.`);
  const parts = value
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const first = parts[0] ?? "";
  if (parts.length === 1 && (first === "id" || first.startsWith("_")))
    throw badRequest(`A patch cannot change ${value}.`);
  return parts;
}

/** Applies a patch to an item and returns the new one. Throws 412 if its condition is not true, 400 for a bad path. */
export function applyPatch(patch: Patch, item: JsonObject): JsonObject {
  if (patch.condition !== undefined && !compileCondition(patch.condition)(item))
    throw preconditionFailed(`The patch's condition is not true: ${patch.condition}`);
  const copy = structuredClone(item);
  for (const { op, path, value = null, from } of patch.operations) {
    const slot = slotAt(copy, path);
    if (op === "add" || op === "set") slot.put(value, op === "add");
    else if (op === "replace") {
      slot.get();
      slot.put(value, false);
    } else if (op === "remove") slot.remove();
    else if (op === "incr") {
      const before = slot.find() ?? 0;
      if (typeof before !== "number") throw badRequest(`/${path.join("/")} is no number to increment.`);
      slot.put(before + Number(value), false);
    } else {
      const source = slotAt(copy, from ?? []);
      const moved = source.get();
      source.remove();
      slotAt(copy, path).put(moved, true);
    }
  }
  return copy;
}

interface Place {
  find(): Json | undefined;
  get(): Json;
  /** Sets the value; in an array `insert` moves what is there and behind it. */
  put(value: Json, insert: boolean): void;
  remove(): void;
}

function slotAt(root: JsonObject, path: readonly string[]): Place {
  const name = path.at(-1) ?? "";
  const missing = () => badRequest(`The patch path /${path.join("/")} does not exist in the item.`);
  let parent: Json | undefined = root;
  for (const part of path.slice(0, -1))
    parent = Array.isArray(parent) ? parent[Number(part)] : isObject(parent) ? own(parent, part) : undefined;

  if (Array.isArray(parent)) {
    const list = parent;
    const index = name === "-" ? list.length : /^\d{1,9}$/.test(name) ? Number(name) : Number.NaN;
    if (!(index <= list.length)) throw missing();
    const present = (): Json => {
      const value = list[index];
      if (value === undefined) throw missing();
      return value;
    };
    return {
      find: () => list[index],
      get: present,
      put: (value, insert) => void list.splice(index, insert ? 0 : 1, value),
      remove: () => {
        present();
        list.splice(index, 1);
      },
    };
  }
  if (!isObject(parent)) throw missing();
  const object = parent;
  const present = (): Json => {
    const value = own(object, name);
    if (value === undefined) throw missing();
    return value;
  };
  return {
    find: () => own(object, name),
    get: present,
    // Defined, not assigned: the name may be __proto__.
    put: (value) =>
      void Object.defineProperty(object, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      }),
    remove: () => {
      present();
      delete object[name];
    },
  };
}
