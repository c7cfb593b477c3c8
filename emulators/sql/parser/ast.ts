/** The syntax tree of a batch, close to the text: names as written, nothing resolved. */
import type { Collation } from "../types/collation.ts";
import type { SqlType } from "../types/sql-type.ts";

/** A name of one to three parts: database, schema, object. */
export type Name = readonly string[];

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";
export type Arithmetic = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^";

export type Expression =
  | { readonly type: "null" }
  | { readonly type: "default" }
  | { readonly type: "number"; readonly text: string }
  | { readonly type: "string"; readonly value: string; readonly national: boolean }
  | { readonly type: "binary"; readonly hex: string }
  | { readonly type: "variable"; readonly name: string }
  | { readonly type: "global"; readonly name: string }
  | { readonly type: "column"; readonly name: Name }
  | { readonly type: "negate"; readonly op: "-" | "~"; readonly operand: Expression }
  | {
      readonly type: "arithmetic";
      readonly op: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly type: "case";
      readonly operand?: Expression;
      readonly whens: readonly When[];
      readonly else?: Expression;
    }
  | { readonly type: "cast"; readonly operand: Expression; readonly to: SqlType; readonly try: boolean }
  | {
      readonly type: "convert";
      readonly operand: Expression;
      readonly to: SqlType;
      readonly style?: Expression;
      readonly try: boolean;
    }
  | {
      readonly type: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      readonly star?: boolean;
      readonly distinct?: boolean;
      readonly over?: Window;
      readonly withinOrder?: readonly OrderItem[];
    }
  | { readonly type: "subquery"; readonly query: Query }
  | { readonly type: "utc"; readonly operand: Expression }
  | { readonly type: "collate"; readonly operand: Expression; readonly order: Collation["order"] }
  | Condition;

export interface When {
  readonly when: Expression;
  readonly result: Expression;
}

export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
}

/** What is true, false or unknown: allowed where a condition is expected, and nowhere else. */
export type Condition =
  | { readonly type: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly type: "not"; readonly operand: Expression }
  | {
      readonly type: "compare";
      readonly op: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly type: "isNull"; readonly operand: Expression; readonly not: boolean }
  | {
      readonly type: "between";
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly not: boolean;
    }
  | {
      readonly type: "like";
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape?: Expression;
      readonly not: boolean;
    }
  | {
      readonly type: "inList";
      readonly operand: Expression;
      readonly list: readonly Expression[];
      readonly not: boolean;
    }
  | { readonly type: "inQuery"; readonly operand: Expression; readonly query: Query; readonly not: boolean }
  | { readonly type: "exists"; readonly query: Query };

const CONDITIONS = new Set([
  "and",
  "or",
  "not",
  "compare",
  "isNull",
  "between",
  "like",
  "inList",
  "inQuery",
  "exists",
]);
export const isCondition = (expression: Expression): boolean => CONDITIONS.has(expression.type);

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface Top {
  readonly count: Expression;
  readonly percent: boolean;
  readonly ties: boolean;
}

export type SelectItem =
  | { readonly type: "star"; readonly qualifier?: Name }
  | { readonly type: "item"; readonly expression: Expression; readonly alias?: string }
  | { readonly type: "assign"; readonly variable: string; readonly expression: Expression };

export interface Select {
  readonly type: "select";
  readonly distinct: boolean;
  readonly top?: Top;
  readonly items: readonly SelectItem[];
  readonly into?: Name;
  readonly from: readonly Source[];
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression;
}

export interface SetOperation {
  readonly type: "union" | "unionAll" | "except" | "intersect";
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export type QueryBody = Select | SetOperation | { readonly type: "nested"; readonly query: Query };

export interface Cte {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

export interface Query {
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
}

export type JsonColumn = {
  readonly name: string;
  readonly columnType: SqlType;
  readonly path?: string;
  readonly asJson: boolean;
};

export type Source =
  | {
      readonly type: "table";
      readonly name: Name;
      readonly alias?: string;
      readonly hints: readonly string[];
    }
  | {
      readonly type: "derived";
      readonly query: Query;
      readonly alias: string;
      readonly columns: readonly string[];
    }
  | {
      readonly type: "values";
      readonly rows: readonly (readonly Expression[])[];
      readonly alias: string;
      readonly columns: readonly string[];
    }
  | {
      readonly type: "function";
      readonly name: string;
      readonly args: readonly Expression[];
      readonly json?: readonly JsonColumn[];
      readonly alias?: string;
    }
  | {
      readonly type: "join";
      readonly kind: "inner" | "left" | "right" | "full" | "cross" | "crossApply" | "outerApply";
      readonly left: Source;
      readonly right: Source;
      readonly on?: Expression;
    };

export interface Output {
  readonly items: readonly SelectItem[];
  readonly into?: Name;
  readonly columns: readonly string[];
}

export interface SetClause {
  readonly column?: Name;
  readonly variable?: string;
  readonly op: "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=";
  readonly value: Expression;
}

export type Action = "no action" | "cascade" | "set null" | "set default";

export type Constraint =
  | {
      readonly type: "key";
      readonly primary: boolean;
      readonly name?: string;
      readonly columns: readonly IndexColumn[];
    }
  | { readonly type: "check"; readonly name?: string; readonly condition: Expression }
  | { readonly type: "default"; readonly name?: string; readonly column: string; readonly value: Expression }
  | {
      readonly type: "foreign";
      readonly name?: string;
      readonly columns: readonly string[];
      readonly table: Name;
      readonly references: readonly string[];
      readonly onDelete: Action;
      readonly onUpdate: Action;
    };

export interface IndexColumn {
  readonly name: string;
  readonly descending: boolean;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly columnType: SqlType;
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: string; readonly increment: string };
  readonly constraints: readonly Constraint[];
}

export interface IndexDefinition {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly IndexColumn[];
  readonly include: readonly string[];
  readonly where?: Expression;
}

interface Dml {
  readonly with: readonly Cte[];
  readonly top?: Top;
  readonly output?: Output;
}

export type Statement = { readonly line: number } & (
  | { readonly type: "query"; readonly with: readonly Cte[]; readonly query: Query }
  | ({
      readonly type: "insert";
      readonly table: Name;
      readonly hints: readonly string[];
      readonly columns: readonly string[];
      readonly source:
        | { readonly type: "values"; readonly rows: readonly (readonly Expression[])[] }
        | { readonly type: "query"; readonly query: Query }
        | { readonly type: "defaults" };
    } & Dml)
  | ({
      readonly type: "update";
      readonly table: Name;
      readonly hints: readonly string[];
      readonly set: readonly SetClause[];
      readonly from: readonly Source[];
      readonly where?: Expression;
    } & Dml)
  | ({
      readonly type: "delete";
      readonly table: Name;
      readonly hints: readonly string[];
      readonly from: readonly Source[];
      readonly where?: Expression;
    } & Dml)
  | { readonly type: "truncate"; readonly table: Name }
  | { readonly type: "declare"; readonly variables: readonly Declaration[] }
  | {
      readonly type: "set";
      readonly variable: string;
      readonly op: SetClause["op"];
      readonly value: Expression;
    }
  | { readonly type: "option"; readonly names: readonly string[]; readonly on: boolean }
  | { readonly type: "setting"; readonly name: string; readonly value: Expression | string }
  | { readonly type: "identityInsert"; readonly table: Name; readonly on: boolean }
  | { readonly type: "isolation"; readonly level: Isolation }
  | {
      readonly type: "if";
      readonly condition: Expression;
      readonly yes: Statement;
      readonly no?: Statement;
    }
  | { readonly type: "while"; readonly condition: Expression; readonly body: Statement }
  | { readonly type: "block"; readonly body: readonly Statement[] }
  | { readonly type: "try"; readonly body: readonly Statement[]; readonly catch: readonly Statement[] }
  | { readonly type: "break" | "continue" }
  | { readonly type: "return"; readonly value?: Expression }
  | {
      readonly type: "throw";
      readonly number?: Expression;
      readonly message?: Expression;
      readonly state?: Expression;
    }
  | { readonly type: "raiserror"; readonly args: readonly Expression[]; readonly options: readonly string[] }
  | { readonly type: "print"; readonly value: Expression }
  | { readonly type: "waitfor"; readonly delay: Expression }
  | { readonly type: "begin" | "commit" | "rollback" | "save"; readonly name?: string }
  | {
      readonly type: "execute";
      readonly result?: string;
      readonly name: Name;
      readonly args: readonly ExecuteArgument[];
    }
  | { readonly type: "executeText"; readonly text: Expression }
  | { readonly type: "use"; readonly database: string }
  | { readonly type: "createSchema"; readonly name: string }
  | {
      readonly type: "createTable";
      readonly name: Name;
      readonly columns: readonly ColumnDefinition[];
      readonly constraints: readonly Constraint[];
      readonly indexes: readonly IndexDefinition[];
    }
  | { readonly type: "createIndex"; readonly table: Name; readonly index: IndexDefinition }
  | { readonly type: "dropTable"; readonly names: readonly Name[]; readonly ifExists: boolean }
  | { readonly type: "dropIndex"; readonly name: string; readonly table: Name; readonly ifExists: boolean }
  | { readonly type: "dropSchema"; readonly name: string; readonly ifExists: boolean }
  | {
      readonly type: "alterTable";
      readonly name: Name;
      readonly action:
        | {
            readonly type: "add";
            readonly columns: readonly ColumnDefinition[];
            readonly constraints: readonly Constraint[];
          }
        | { readonly type: "dropConstraint"; readonly names: readonly string[]; readonly ifExists: boolean }
        | { readonly type: "dropColumn"; readonly names: readonly string[]; readonly ifExists: boolean };
    }
  | { readonly type: "security"; readonly action: SecurityAction; readonly text: string }
);

/** CREATE USER, CREATE ROLE, ALTER ROLE, GRANT and the like: stored, not enforced. */
export interface SecurityAction {
  readonly verb: "create" | "drop" | "alter" | "grant" | "revoke" | "deny";
  readonly kind: "user" | "role" | "permission";
  readonly name: string;
  readonly member?: string;
}

export type Isolation =
  | "read uncommitted"
  | "read committed"
  | "repeatable read"
  | "serializable"
  | "snapshot";

export interface ExecuteArgument {
  readonly name?: string;
  readonly value: Expression;
  readonly output: boolean;
}

export type Declaration =
  | {
      readonly type: "scalar";
      readonly name: string;
      readonly variableType: SqlType;
      readonly value?: Expression;
    }
  | {
      readonly type: "table";
      readonly name: string;
      readonly columns: readonly ColumnDefinition[];
      readonly constraints: readonly Constraint[];
      readonly indexes: readonly IndexDefinition[];
    };
