import type { Json, JsonObject } from "../json.ts";
import { type AggregateName, type Expression, partsOf, type Query, type Selection, selected } from "./ast.ts";
import { compile, project, type Value } from "./compile.ts";
import { canonical, compareValues } from "./values.ts";

/** Collects the values of one aggregate in one group. */
interface Accumulator {
  add(value: Value): void;
  result(): Value;
}

/** One group: an item that stands for all of it, and its aggregates. */
interface Group {
  readonly item: JsonObject;
  readonly accumulators: ReadonlyMap<Expression, Accumulator>;
}

/** Groups items as the query says and gives one result a group; without GROUP BY there is exactly one. */
export function groupResults(query: Query, items: Iterable<JsonObject>): Json[] {
  const aggregates = selected(query.select).flatMap(aggregatesIn);
  const inputs = aggregates.map((aggregate) => [aggregate, compile(aggregate.of)] as const);
  const keys = query.groupBy.map((expression) => compile(expression));
  const newGroup = (item: JsonObject): Group => ({
    item,
    accumulators: new Map(aggregates.map((aggregate) => [aggregate, ACCUMULATORS[aggregate.name]()])),
  });

  const groups = new Map<string, Group>();
  if (keys.length === 0) groups.set("", newGroup({}));
  for (const item of items) {
    const key = keys.map((of) => canonical(of(item))).join();
    const group = groups.get(key) ?? newGroup(item);
    groups.set(key, group);
    for (const [aggregate, input] of inputs) group.accumulators.get(aggregate)?.add(input(item));
  }
  return [...groups.values()]
    .map((group) => resultOf(query.select, group))
    .filter((result) => result !== undefined);
}

function resultOf(select: Selection, { item, accumulators }: Group): Value {
  const results = new Map([...accumulators].map(([aggregate, { result }]) => [aggregate, result]));
  return project(select, results)(item);
}

function aggregatesIn(expression: Expression): Aggregate[] {
  return expression.kind === "aggregate" ? [expression] : partsOf(expression).flatMap(aggregatesIn);
}

type Aggregate = Extract<Expression, { kind: "aggregate" }>;

/** COUNT counts what is defined; one value that is no number makes a SUM or AVG undefined. */
const ACCUMULATORS: Readonly<Record<AggregateName, () => Accumulator>> = {
  COUNT: () => {
    let count = 0;
    return {
      add: (value) => {
        if (value !== undefined) count += 1;
      },
      result: () => count,
    };
  },
  SUM: () => sum((total) => total),
  AVG: () => sum((total, count) => (count === 0 ? undefined : total / count)),
  MIN: () => extreme((order) => order < 0),
  MAX: () => extreme((order) => order > 0),
};

function sum(result: (total: number, count: number) => Value): Accumulator {
  let total = 0;
  let count = 0;
  let onlyNumbers = true;
  return {
    add(value) {
      if (value === undefined) return;
      if (typeof value !== "number") onlyNumbers = false;
      else {
        total += value;
        count += 1;
      }
    },
    result: () => (onlyNumbers ? result(total, count) : undefined),
  };
}

function extreme(isBetter: (order: number) => boolean): Accumulator {
  let best: Value;
  return {
    add(value) {
      // Arrays and objects have no extreme.
      if (value === undefined || (typeof value === "object" && value !== null)) return;
      if (best === undefined || isBetter(compareValues(value, best))) best = value;
    },
    result: () => best,
  };
}
