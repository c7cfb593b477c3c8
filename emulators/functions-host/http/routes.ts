import { ConfigurationError } from "../config/errors.ts";

/** A segment of a route template: text, or one parameter. */
type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "parameter";
      readonly name: string;
      readonly constraint: Constraint | undefined;
      readonly optional: boolean;
    }
  | { readonly kind: "rest"; readonly name: string };

interface Constraint {
  readonly name: string;
  matches(text: string): boolean;
}

export interface Route<T> {
  readonly template: string;
  readonly methods: readonly string[] | undefined;
  readonly segments: readonly Segment[];
  readonly value: T;
}

const CONSTRAINTS: Readonly<Record<string, (text: string) => boolean>> = {
  int: (text) => /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31,
  long: (text) => /^-?\d{1,19}$/.test(text),
  bool: (text) => /^(true|false)$/i.test(text),
  guid: (text) => /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text),
  alpha: (text) => /^[a-z]*$/i.test(text),
};

/**
 * Reads a route template: `orders/{id:int}/items/{item?}`, `files/{*path}`.
 * @throws ConfigurationError for what ASP.NET understands and this does not, and for routes the real host refuses
 */
export function parseRoute<T>(
  template: string,
  methods: readonly string[] | undefined,
  value: T,
  where: string,
): Route<T> {
  const fail = (problem: string): never => {
    throw new ConfigurationError(`${where}: route "${template}" ${problem}`);
  };
  if (template.startsWith("/") || template.startsWith("~"))
    fail("starts with a slash or tilde; leave it out");
  const parts = template === "" ? [] : template.split("/");
  const segments = parts.map((part): Segment => {
    if (!/[{}]/.test(part)) return { kind: "literal", text: part };
    const match = /^\{(\*{0,2})([A-Za-z_]\w*)(?::([^{}?=]+))?(\?)?\}$/.exec(part);
    if (match === null)
      return fail(`has the segment "${part}"; a segment is plain text or one {parameter} without a default`);
    const [, stars = "", name = "", constraint, optional] = match;
    if (stars !== "") return { kind: "rest", name };
    return {
      kind: "parameter",
      name,
      constraint: constraint === undefined ? undefined : readConstraint(constraint, fail),
      optional: optional !== undefined,
    };
  });
  if (parts[0]?.toLowerCase() === "admin") fail('begins with "admin", which the host keeps for itself');
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment.kind === "rest" && !last) fail("has text after its catch-all parameter");
    if (segment.kind === "parameter" && segment.optional && !last)
      fail("has an optional parameter that is not the last");
  });
  return { template, methods, segments, value };
}

function readConstraint(text: string, fail: (problem: string) => never): Constraint {
  const matches = CONSTRAINTS[text];
  if (matches === undefined) {
    return fail(
      `has the constraint ":${text}"; supported: ${Object.keys(CONSTRAINTS)
        .map((name) => `:${name}`)
        .join(", ")}`,
    );
  }
  return { name: text, matches };
}

export interface RouteMatch<T> {
  readonly value: T;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The route of a path below the prefix. A method that no route allows is no match at all: the real host's
 * router takes the method as one more constraint, so the answer is 404 and not 405.
 */
export function matchRoute<T>(
  routes: readonly Route<T>[],
  method: string,
  path: string,
): RouteMatch<T> | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  const decoded = parts.map(decode);
  if (decoded.includes(undefined)) return undefined;
  const [first] = routes
    .filter((route) => route.methods === undefined || route.methods.includes(method))
    .flatMap((route) => {
      const parameters = matchSegments(route.segments, decoded as string[]);
      return parameters === undefined ? [] : [{ route, parameters }];
    })
    .sort((a, b) => comparePrecedence(a.route.segments, b.route.segments));
  return first === undefined ? undefined : { value: first.route.value, parameters: first.parameters };
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (segment.kind === "rest") {
      if (parts.length > index) parameters[segment.name] = parts.slice(index).join("/");
      return parameters;
    }
    if (part === undefined) {
      if (segment.kind === "parameter" && segment.optional) continue;
      return undefined;
    }
    if (segment.kind === "literal") {
      if (segment.text.toLowerCase() !== part.toLowerCase()) return undefined;
    } else {
      if (segment.constraint?.matches(part) === false) return undefined;
      parameters[segment.name] = part;
    }
  }
  return parts.length > segments.length ? undefined : parameters;
}

/** As in ASP.NET: segment by segment, text before a constrained parameter, that before a plain one, then catch-all. */
function comparePrecedence(a: readonly Segment[], b: readonly Segment[]): number {
  for (const [index, segment] of a.entries()) {
    const other = b[index];
    const difference = rank(segment) - (other === undefined ? 5 : rank(other));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rank(segment: Segment): number {
  if (segment.kind === "literal") return 1;
  if (segment.kind === "rest") return 4;
  return segment.constraint === undefined ? 3 : 2;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
