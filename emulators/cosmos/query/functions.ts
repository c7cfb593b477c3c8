import { badRequest, unsupported } from "../errors.ts";
import { isObject, type Json, own } from "../json.ts";
import { sameValue } from "./values.ts";

type Value = Json | undefined;

interface SystemFunction {
  readonly least: number;
  readonly most: number;
  apply(args: readonly Value[]): Value;
}

const is = (test: (value: Value) => boolean): SystemFunction => ({
  least: 1,
  most: 1,
  apply: ([value]) => test(value),
});

const ofString = (apply: (text: string) => Value): SystemFunction => ({
  least: 1,
  most: 1,
  apply: ([value]) => (typeof value === "string" ? apply(value) : undefined),
});

const ofNumber = (apply: (number: number) => number): SystemFunction => ({
  least: 1,
  most: 1,
  apply: ([value]) => (typeof value === "number" ? apply(value) : undefined),
});

/** A test of two strings, with an optional third argument that makes it ignore case. */
const ofStrings = (test: (text: string, part: string) => boolean): SystemFunction => ({
  least: 2,
  most: 3,
  apply: (args) => {
    const [text, part] = args;
    const ignoreCase = args.length > 2 ? args[2] : false;
    if (typeof text !== "string" || typeof part !== "string" || typeof ignoreCase !== "boolean")
      return undefined;
    return ignoreCase ? test(text.toLowerCase(), part.toLowerCase()) : test(text, part);
  },
});

const isPrimitive = (value: Value): boolean =>
  value === null || ["boolean", "number", "string"].includes(typeof value);

/** The system functions that are supported. Arguments of a wrong type give undefined. */
const FUNCTIONS: Readonly<Record<string, SystemFunction>> = {
  IS_DEFINED: is((value) => value !== undefined),
  IS_NULL: is((value) => value === null),
  IS_BOOL: is((value) => typeof value === "boolean"),
  IS_NUMBER: is((value) => typeof value === "number"),
  IS_STRING: is((value) => typeof value === "string"),
  IS_ARRAY: is((value) => Array.isArray(value)),
  IS_OBJECT: is((value) => isObject(value)),
  IS_PRIMITIVE: is(isPrimitive),
  STARTSWITH: ofStrings((text, part) => text.startsWith(part)),
  ENDSWITH: ofStrings((text, part) => text.endsWith(part)),
  CONTAINS: ofStrings((text, part) => text.includes(part)),
  STRINGEQUALS: ofStrings((text, part) => text === part),
  LOWER: ofString((text) => text.toLowerCase()),
  UPPER: ofString((text) => text.toUpperCase()),
  TRIM: ofString((text) => text.trim()),
  // In characters, as the service counts them, not in UTF-16 units.
  LENGTH: ofString((text) => [...text].length),
  CONCAT: {
    least: 2,
    most: 200,
    apply: (args) => (args.every((arg) => typeof arg === "string") ? args.join("") : undefined),
  },
  SUBSTRING: {
    least: 3,
    most: 3,
    apply: ([text, start, length]) =>
      typeof text === "string" && typeof start === "number" && typeof length === "number"
        ? text.slice(Math.max(0, start), Math.max(0, start) + Math.max(0, length))
        : undefined,
  },
  ABS: ofNumber(Math.abs),
  CEILING: ofNumber(Math.ceil),
  FLOOR: ofNumber(Math.floor),
  ROUND: ofNumber((number) => Math.sign(number) * Math.round(Math.abs(number))),
  ARRAY_LENGTH: { least: 1, most: 1, apply: ([list]) => (Array.isArray(list) ? list.length : undefined) },
  ARRAY_CONTAINS: {
    least: 2,
    most: 3,
    apply: (args) => {
      const [list, wanted] = args;
      const partial = args.length > 2 ? args[2] : false;
      if (!Array.isArray(list) || wanted === undefined || typeof partial !== "boolean") return undefined;
      return list.some((element) => (partial ? matchesPart(element, wanted) : sameValue(element, wanted)));
    },
  },
};

/** True if the element equals what is wanted, or is an object with all its properties. */
function matchesPart(element: Json, wanted: Json): boolean {
  if (!isObject(element) || !isObject(wanted)) return sameValue(element, wanted);
  return Object.keys(wanted).every((name) => {
    const found = own(element, name);
    return found !== undefined && sameValue(found, wanted[name] ?? null);
  });
}

/** Throws 400 for a function that is not supported or a wrong number of arguments. */
export function checkCall(name: string, count: number): void {
  const { least, most } = systemFunction(name);
  if (count < least || count > most)
    throw badRequest(
      `${name} takes ${least === most ? least : `${least} to ${most}`} arguments, not ${count}.`,
    );
}

/** A supported function, by its name in capitals. */
export function systemFunction(name: string): SystemFunction {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found === undefined)
    throw unsupported(`the function ${name}`, `It knows ${Object.keys(FUNCTIONS).join(", ")}.`);
  return found;
}
