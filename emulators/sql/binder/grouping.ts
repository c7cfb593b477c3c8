import { aggregateOf, isAggregate } from "../evaluator/aggregates.ts";
import type { Expression } from "../parser/ast.ts";
import { printExpression } from "../parser/print.ts";
import { keyMaker, keyText } from "../types/compare.ts";
import type { SqlValue } from "../types/sql-type.ts";
import type { Bound, Env } from "./bound.ts";
import { sorted, sortKeys } from "./ordering.ts";
import { bindExpression, type Grouping, type Scope } from "./scope.ts";
import { someExpression } from "./walk.ts";

/** Whether an expression has an aggregate of its own query in it. */
export const hasAggregate = (expression: Expression): boolean =>
  someExpression(expression, (part) => part.type === "call" && part.over === undefined && isAggregate(part));

/** A grouping, and the way from rows to groups. */
export interface Groups {
  readonly grouping: Grouping;
  /** One environment a group, with its keys and aggregates. Without keys there is one group, even of no rows. */
  form(rows: readonly Env[], empty: () => Env): Env[];
}

/** Groups by the expressions, bound in the query's own scope. Aggregates are found while the rest is bound. */
export function groupsOf(groupBy: readonly Expression[], scope: Scope): Groups {
  const keys = groupBy.map((expression) => ({
    text: printExpression(expression).toLowerCase(),
    bound: bindExpression(expression, scope),
  }));
  const makers = keys.map(({ bound }) => keyMaker(bound.type));
  const computed: ((rows: readonly Env[]) => SqlValue)[] = [];
  const known = new Map<string, Bound>();

  const grouping: Grouping = {
    keys,
    aggregate(call) {
      const text = printExpression(call).toLowerCase();
      const before = known.get(text);
      if (before !== undefined) return before;
      const args = call.args.map((arg) => bindExpression(arg, scope));
      const order = call.withinOrder === undefined ? undefined : sortKeys(call.withinOrder, scope);
      const aggregate = aggregateOf(call, args, order && ((rows) => sorted(rows, (env) => env, order)));
      const place = keys.length + computed.length;
      computed.push((rows) => aggregate.compute(rows));
      const bound: Bound = {
        type: aggregate.type,
        nullable: aggregate.nullable,
        uses: 0,
        evaluate: (env) => env.group?.[place] ?? null,
      };
      known.set(text, bound);
      return bound;
    },
  };

  return {
    grouping,
    form(rows, empty) {
      const groups = new Map<string, { values: SqlValue[]; rows: Env[] }>();
      for (const env of rows) {
        const values = keys.map(({ bound }) => bound.evaluate(env));
        const text = keyText(values.map((value, i) => makers[i]?.(value) ?? null));
        const group = groups.get(text);
        if (group === undefined) groups.set(text, { values, rows: [env] });
        else group.rows.push(env);
      }
      if (groups.size === 0 && keys.length === 0) groups.set("", { values: [], rows: [] });
      return [...groups.values()].map(({ values, rows: members }) => ({
        ...(members[0] ?? empty()),
        group: [...values, ...computed.map((compute) => compute(members))],
      }));
    },
  };
}
