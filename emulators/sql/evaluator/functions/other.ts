import { commonTypeOf } from "../../binder/type-rules.ts";
import { SqlError, sqlError, unsupported } from "../../errors/sql-error.ts";
import {
  decimal,
  familyOf,
  INT,
  MAX,
  nvarchar,
  SMALLINT,
  UNIQUEIDENTIFIER,
  varbinary,
} from "../../types/sql-type.ts";
import { coercedTo, comparableValues, extremeOf } from "../coerce.ts";
import { parseJson, scalarText } from "../json.ts";
import { follow, parsePath } from "../json-path.ts";
import { ambient, argument, type FunctionDefinition, strict } from "./definition.ts";
import { databasePrincipal, objectId } from "./objects.ts";

const TEXT = nvarchar(MAX);

const caught = (read: (error: SqlError) => string | bigint | null, type = INT): FunctionDefinition =>
  ambient(type, ({ runtime }) => {
    const error = runtime.session.caught.at(-1);
    return error === undefined ? null : read(error);
  });

/** NULL, JSON, errors, identifiers and the catalog. */
export const OTHER_FUNCTIONS: Record<string, FunctionDefinition> = {
  ISNULL: {
    arity: [2, 2],
    bind: ([value, other]) => {
      if (value === undefined || other === undefined) throw sqlError(174, "isnull", 2);
      // The first argument's type, whatever the second is.
      const type = familyOf(value.type) === "null" ? other.type : value.type;
      const [first, second] = [coercedTo(value, type), coercedTo(other, type)];
      return {
        type,
        nullable: value.nullable && other.nullable,
        uses: 0,
        evaluate: (env) => first(env) ?? second(env),
      };
    },
  },
  COALESCE: {
    arity: [2, 254],
    bind: (args) => {
      const type = commonTypeOf(args.map((arg) => arg.type));
      const values = args.map((arg) => coercedTo(arg, type));
      return {
        type,
        nullable: args.every((arg) => arg.nullable),
        uses: 0,
        evaluate(env) {
          for (const value of values) {
            const found = value(env);
            if (found !== null) return found;
          }
          return null;
        },
      };
    },
  },
  NULLIF: {
    arity: [2, 2],
    bind: ([value, other]) => {
      if (value === undefined || other === undefined) throw sqlError(174, "nullif", 2);
      const equal = comparableValues(value, other);
      return {
        type: value.type,
        nullable: true,
        uses: 0,
        evaluate: (env) => (equal(env) ? null : value.evaluate(env)),
      };
    },
  },
  CHOOSE: {
    arity: [2, 254],
    bind: ([index, ...options]) => {
      const type = commonTypeOf(options.map((option) => option.type));
      const values = options.map((option) => coercedTo(option, type));
      return strict(type, [argument(index, INT)], ([i], env) => values[Number(i) - 1]?.(env) ?? null);
    },
  },
  GREATEST: extreme(1),
  LEAST: extreme(-1),

  ISJSON: {
    arity: [1, 1],
    bind: ([value]) =>
      strict(INT, [argument(value, TEXT)], ([text]) => {
        try {
          const { type } = parseJson(text as string);
          return type === "object" || type === "array" ? 1n : 0n;
        } catch (error) {
          if (error instanceof SqlError) return 0n;
          throw error;
        }
      }),
  },
  JSON_VALUE: {
    arity: [2, 2],
    bind: ([value, path]) =>
      strict(nvarchar(4000), [argument(value, TEXT), argument(path, TEXT)], ([text, way]) => {
        const parsed = parsePath(way as string);
        const found = follow(parseJson(text as string), parsed);
        if (found === undefined) return null;
        const scalar = scalarText(found);
        if (scalar === undefined) {
          if (parsed.strict) throw sqlError(13623);
          return null;
        }
        return scalar !== null && scalar.length > 4000 ? null : scalar;
      }),
  },
  JSON_QUERY: {
    arity: [1, 2],
    bind: ([value, path]) =>
      strict(
        TEXT,
        [argument(value, TEXT), path === undefined ? () => "$" : argument(path, TEXT)],
        ([text, way]) => {
          const parsed = parsePath(way as string);
          const found = follow(parseJson(text as string), parsed);
          if (found?.type === "object" || found?.type === "array") return found.text;
          if (found !== undefined && parsed.strict) throw sqlError(13624);
          return null;
        },
      ),
  },

  NEWID: ambient(UNIQUEIDENTIFIER, ({ runtime }) => runtime.session.newId(), false),
  SCOPE_IDENTITY: ambient(decimal(38, 0), ({ runtime }) => runtime.session.identity),
  XACT_STATE: ambient(
    SMALLINT,
    ({ runtime: { session } }) => (session.trancount === 0 ? 0n : session.doomed ? -1n : 1n),
    false,
  ),
  ERROR_NUMBER: caught((error) => BigInt(error.number)),
  ERROR_MESSAGE: caught((error) => error.message, nvarchar(4000)),
  ERROR_SEVERITY: caught((error) => BigInt(error.severity)),
  ERROR_STATE: caught((error) => BigInt(error.state)),
  ERROR_LINE: caught((error) => BigInt(error.line)),
  ERROR_PROCEDURE: caught(() => null, nvarchar(128)),
  ROWCOUNT_BIG: ambient(
    { ...INT, kind: "bigint", precision: 19 },
    ({ runtime }) => runtime.session.rowcount,
    false,
  ),

  DB_NAME: {
    arity: [0, 1],
    bind: () => ({
      type: nvarchar(128),
      nullable: true,
      uses: 0,
      evaluate: ({ runtime }) => runtime.session.database,
    }),
  },
  DB_ID: { arity: [0, 1], bind: () => ({ type: SMALLINT, nullable: true, uses: 0, evaluate: () => 5n }) },
  SUSER_SNAME: ambient(nvarchar(128), ({ runtime }) => runtime.session.user, false),
  ORIGINAL_LOGIN: ambient(nvarchar(128), ({ runtime }) => runtime.session.user, false),
  SYSTEM_USER: ambient(nvarchar(128), ({ runtime }) => runtime.session.user, false),
  USER_NAME: ambient(nvarchar(128), () => "dbo", false),
  CURRENT_USER: ambient(nvarchar(128), () => "dbo", false),
  SESSION_USER: ambient(nvarchar(128), () => "dbo", false),
  USER: ambient(nvarchar(128), () => "dbo", false),
  SCHEMA_NAME: ambient(nvarchar(128), () => "dbo", false),
  HOST_NAME: ambient(nvarchar(128), () => "localhost", false),
  APP_NAME: ambient(nvarchar(128), () => "", false),
  SCHEMA_ID: {
    arity: [0, 1],
    bind: ([name]) => ({
      type: INT,
      nullable: true,
      uses: 0,
      evaluate: (env) => {
        const wanted = name === undefined ? "dbo" : String(argument(name, TEXT)(env)).toLowerCase();
        const index = [...env.runtime.database.schemas.keys()].indexOf(wanted);
        return index === -1 ? null : BigInt(index + 1);
      },
    }),
  },
  OBJECT_ID: {
    arity: [1, 2],
    bind: ([name, kind]) => {
      const [readName, readKind] = [argument(name, TEXT), argument(kind, TEXT)];
      return strict(INT, [readName], ([text], env) =>
        objectId(env.runtime, text as string, readKind(env) as string | null),
      );
    },
  },
  DATABASE_PRINCIPAL_ID: {
    arity: [0, 1],
    bind: ([name]) =>
      strict(INT, [name === undefined ? () => "dbo" : argument(name, TEXT)], ([text], { runtime }) =>
        databasePrincipal(runtime.database, text as string),
      ),
  },
  USER_ID: {
    arity: [0, 1],
    bind: ([name]) =>
      strict(INT, [name === undefined ? () => "dbo" : argument(name, TEXT)], ([text], { runtime }) =>
        databasePrincipal(runtime.database, text as string),
      ),
  },
  COL_LENGTH: {
    arity: [2, 2],
    bind: ([table, column]) =>
      strict(SMALLINT, [argument(table, TEXT), argument(column, TEXT)], ([name, wanted], { runtime }) => {
        const found = runtime.database.tables.get(qualified(name as string));
        const type = found?.columns.find(
          (c) => c.name.toLowerCase() === (wanted as string).toLowerCase(),
        )?.type;
        if (type === undefined) return null;
        return type.length === MAX
          ? -1n
          : BigInt(type.kind.startsWith("n") ? type.length * 2 : type.length || 8);
      }),
  },
  HASHBYTES: {
    arity: [2, 2],
    bind: ([algorithm, value]) => {
      if (value === undefined || (familyOf(value.type) !== "text" && familyOf(value.type) !== "binary"))
        throw unsupported("HASHBYTES on anything but a text or a binary");
      const bytes = argument(value, varbinary(MAX));
      return strict(varbinary(8000), [argument(algorithm, TEXT), bytes], ([name, data], env) =>
        env.runtime.session.hash(name as string, data as Buffer),
      );
    },
  },
  IS_MEMBER: { arity: [1, 1], bind: () => ({ type: INT, nullable: true, uses: 0, evaluate: () => 1n }) },
};

const qualified = (name: string): string => {
  const parts = name.replace(/[[\]]/g, "").split(".");
  return `${parts.at(-2) || "dbo"}.${parts.at(-1)}`.toLowerCase();
};

function extreme(sign: 1 | -1): FunctionDefinition {
  return {
    arity: [1, 254],
    bind: (args) => {
      const type = commonTypeOf(args.map((arg) => arg.type));
      const values = args.map((arg) => coercedTo(arg, type));
      return {
        type,
        nullable: args.every((arg) => arg.nullable),
        uses: 0,
        evaluate: (env) =>
          extremeOf(
            values.map((v) => v(env)),
            type,
            sign,
          ),
      };
    },
  };
}
