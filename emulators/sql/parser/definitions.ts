import type { Action, ColumnDefinition, Constraint, IndexColumn, IndexDefinition } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Queries } from "./queries.ts";
import { collatedColumn, parseCollation, parseType } from "./types.ts";

/** The body of a table: its columns, constraints and indexes. */
export interface TableBody {
  readonly columns: ColumnDefinition[];
  readonly constraints: Constraint[];
  readonly indexes: IndexDefinition[];
}

export interface Definitions {
  /** Elements with commas; the parentheses are the caller's. */
  elements(): TableBody;
  index(unique: boolean): IndexDefinition;
  indexColumns(): IndexColumn[];
}

export function definitionParser(c: Cursor, q: Queries): Definitions {
  function elements(): TableBody {
    const body: TableBody = { columns: [], constraints: [], indexes: [] };
    do {
      if (c.at(")")) break;
      if (
        c.at("CONSTRAINT") ||
        c.at("PRIMARY") ||
        c.at("UNIQUE") ||
        c.at("CHECK") ||
        c.at("FOREIGN") ||
        c.at("DEFAULT")
      )
        body.constraints.push(tableConstraint());
      else if (c.at("PERIOD")) throw c.refuse("PERIOD FOR SYSTEM_TIME");
      else if (c.take("INDEX")) {
        const name = c.identifier();
        const unique = c.take("UNIQUE");
        body.indexes.push(indexTail(name, unique));
      } else body.columns.push(column(body));
    } while (c.take(","));
    return body;
  }

  function column(body: TableBody): ColumnDefinition {
    const name = c.identifier();
    if (c.at("AS")) throw c.refuse("A computed column");
    // "timestamp" alone names column and type.
    let columnType = parseType(c);
    let nullable: boolean | undefined;
    let identity: ColumnDefinition["identity"];
    const constraints: Constraint[] = [];
    for (;;) {
      if (c.take("NOT", "NULL")) nullable = false;
      else if (c.take("NULL")) nullable = true;
      else if (c.take("IDENTITY")) {
        identity = { seed: "1", increment: "1" };
        if (c.take("(")) {
          const seed = signed();
          c.expect(",");
          identity = { seed, increment: signed() };
          c.expect(")");
        }
      } else if (c.take("COLLATE")) {
        columnType = collatedColumn(columnType, parseCollation(c));
      } else if (c.take("INDEX")) {
        const index = c.identifier();
        body.indexes.push({
          name: index,
          unique: c.take("UNIQUE"),
          columns: [{ name, descending: false }],
          include: [],
        });
      } else if (
        c.at("SPARSE") ||
        c.at("ROWGUIDCOL") ||
        c.at("GENERATED") ||
        c.at("MASKED") ||
        c.at("ENCRYPTED")
      )
        throw c.refuse(`The column option ${c.peek().value}`);
      else {
        const constraint = columnConstraint(name);
        if (constraint === undefined) break;
        constraints.push(constraint);
      }
    }
    return {
      name,
      columnType,
      ...(nullable === undefined ? {} : { nullable }),
      ...(identity === undefined ? {} : { identity }),
      constraints,
    };
  }

  function signed(): string {
    const minus = c.take("-") ? "-" : "";
    const token = c.next();
    if (token.kind !== "number") throw c.error();
    return minus + token.value;
  }

  const constraintName = (): { name?: string } => (c.take("CONSTRAINT") ? { name: c.identifier() } : {});

  function columnConstraint(column: string): Constraint | undefined {
    const named = constraintName();
    if (c.take("DEFAULT")) return { type: "default", ...named, column, value: defaultValue() };
    if (c.at("PRIMARY") || c.at("UNIQUE")) return key(named, [{ name: column, descending: false }]);
    if (c.take("CHECK")) return { type: "check", ...named, condition: checkCondition() };
    if (c.at("FOREIGN") || c.at("REFERENCES")) {
      c.take("FOREIGN", "KEY");
      return foreign(named, [column]);
    }
    if (named.name !== undefined) throw c.error();
    return undefined;
  }

  function tableConstraint(): Constraint {
    const named = constraintName();
    if (c.at("PRIMARY") || c.at("UNIQUE")) return key(named, undefined);
    if (c.take("CHECK")) return { type: "check", ...named, condition: checkCondition() };
    if (c.take("FOREIGN", "KEY")) return foreign(named, c.parenthesized(c.identifier));
    if (c.take("DEFAULT")) {
      const value = defaultValue();
      c.expect("FOR");
      return { type: "default", ...named, column: c.identifier(), value };
    }
    throw c.error();
  }

  function defaultValue() {
    const value = q.value();
    return value;
  }

  function checkCondition() {
    c.take("NOT", "FOR");
    c.expect("(");
    const condition = q.condition();
    c.expect(")");
    return condition;
  }

  function key(named: { name?: string }, columns: IndexColumn[] | undefined): Constraint {
    const primary = c.take("PRIMARY", "KEY");
    if (!primary) c.expect("UNIQUE");
    if (!c.take("CLUSTERED")) c.take("NONCLUSTERED");
    const keyColumns = columns === undefined || c.at("(") ? indexColumns() : columns;
    storage();
    return { type: "key", primary, ...named, columns: keyColumns };
  }

  function foreign(named: { name?: string }, columns: string[]): Constraint {
    c.expect("REFERENCES");
    const table = c.name();
    const references = c.at("(") ? c.parenthesized(c.identifier) : [];
    let onDelete: Action = "no action";
    let onUpdate: Action = "no action";
    while (c.at("ON")) {
      c.expect("ON");
      const forDelete = c.take("DELETE");
      if (!forDelete) c.expect("UPDATE");
      const action = parseAction();
      if (forDelete) onDelete = action;
      else if (action !== "no action") throw c.refuse(`ON UPDATE ${action.toUpperCase()}`);
      else onUpdate = action;
    }
    return { type: "foreign", ...named, columns, table, references, onDelete, onUpdate };
  }

  function parseAction(): Action {
    if (c.take("CASCADE")) return "cascade";
    if (c.take("SET", "NULL")) return "set null";
    if (c.take("SET", "DEFAULT")) return "set default";
    c.expect("NO", "ACTION");
    return "no action";
  }

  const indexColumns = (): IndexColumn[] =>
    c.parenthesized(() => {
      const name = c.identifier();
      const descending = c.take("DESC");
      if (!descending) c.take("ASC");
      return { name, descending };
    });

  /** WITH (...) and ON filegroup say how pages are laid out: nothing here. */
  function storage(): void {
    if (c.take("WITH")) {
      c.expect("(");
      while (!c.at(")")) {
        if (c.peek().kind === "end") throw c.error();
        if (c.at("IGNORE_DUP_KEY") && c.peek(2).value === "ON") throw c.refuse("IGNORE_DUP_KEY = ON");
        c.next();
      }
      c.expect(")");
    }
    if (c.at("ON") && (c.peek(1).kind === "quoted" || c.peek(1).value === "PRIMARY")) {
      c.next();
      c.next();
    }
  }

  function indexTail(name: string, unique: boolean): IndexDefinition {
    if (!c.take("CLUSTERED")) c.take("NONCLUSTERED");
    if (c.at("COLUMNSTORE")) throw c.refuse("A columnstore index");
    const columns = indexColumns();
    const include = c.take("INCLUDE") ? c.parenthesized(c.identifier) : [];
    const where = c.take("WHERE") ? q.condition() : undefined;
    storage();
    return { name, unique, columns, include, ...(where === undefined ? {} : { where }) };
  }

  return {
    elements,
    indexColumns,
    index: (unique) => indexTail("", unique),
  };
}
