import type { Bound } from "../../binder/bound.ts";
import { concatType } from "../../binder/type-rules.ts";
import { sqlError, unsupported } from "../../errors/sql-error.ts";
import { encodeCodePage } from "../../types/code-page.ts";
import { foldCase } from "../../types/collation.ts";
import {
  BIGINT,
  char,
  familyOf,
  INT,
  isNational,
  MAX,
  nchar,
  nvarchar,
  type SqlType,
  type SqlValue,
  typeName,
  varchar,
} from "../../types/sql-type.ts";
import { likeMatcher } from "../like.ts";
import { argument, type FunctionDefinition, strict } from "./definition.ts";

const textType = (bound: Bound | undefined, length?: number): SqlType => {
  const type = bound?.type ?? varchar(1);
  if (familyOf(type) === "text")
    return isNational(type) ? nvarchar(length ?? type.length) : varchar(length ?? type.length);
  return nvarchar(length ?? (familyOf(type) === "null" ? 1 : 60));
};
const asText = (bound: Bound | undefined, name: string, position = 1) => {
  if (bound !== undefined && familyOf(bound.type) === "binary")
    throw sqlError(8116, typeName(bound.type), position, name);
  return argument(bound, textType(bound, MAX));
};

/** A function of texts whose result has the first one's type. */
const mapping = (change: (text: string) => string): FunctionDefinition => ({
  arity: [1, 1],
  bind: ([value], { name }) =>
    strict(textType(value), [asText(value, name)], ([text]) => change(text as string)),
});

const side = (cut: (text: string, count: number) => string): FunctionDefinition => ({
  arity: [2, 2],
  bind: ([value, count], { name }) =>
    strict(textType(value), [asText(value, name), argument(count, INT)], ([text, length]) => {
      if ((length as bigint) < 0n) throw sqlError(537);
      return cut(text as string, Number(length));
    }),
});

const trimEnd = (text: string): string => text.replace(/ +$/, "");
const trimStart = (text: string): string => text.replace(/^ +/, "");

/** Characters as SQL Server's default collation counts them: UTF-16 units. */
export const TEXT_FUNCTIONS: Record<string, FunctionDefinition> = {
  LEN: {
    arity: [1, 1],
    bind: ([value], { name }) =>
      strict(value?.type.length === MAX ? BIGINT : INT, [asText(value, name)], ([text]) =>
        BigInt(trimEnd(text as string).length),
      ),
  },
  DATALENGTH: {
    arity: [1, 1],
    bind: ([value]) => {
      const type = value?.type ?? INT;
      return strict(type.length === MAX ? BIGINT : INT, [(env) => value?.evaluate(env) ?? null], ([v]) =>
        BigInt(sizeOf(v as NonNullable<SqlValue>, type)),
      );
    },
  },
  UPPER: mapping(foldCase),
  LOWER: mapping((text) =>
    [...text].map((c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join(""),
  ),
  LTRIM: mapping(trimStart),
  RTRIM: mapping(trimEnd),
  TRIM: mapping((text) => trimStart(trimEnd(text))),
  REVERSE: mapping((text) => [...text].reverse().join("")),
  LEFT: side((text, count) => text.slice(0, count)),
  RIGHT: side((text, count) => (count === 0 ? "" : text.slice(-count))),
  SUBSTRING: {
    arity: [3, 3],
    bind: ([value, from, count], { name }) => {
      const isBinary = value !== undefined && familyOf(value.type) === "binary";
      const source = isBinary
        ? (env: Parameters<Bound["evaluate"]>[0]) => value.evaluate(env)
        : asText(value, name);
      const type = isBinary ? value.type : textType(value);
      return strict(type, [source, argument(from, BIGINT), argument(count, BIGINT)], ([v, start, length]) => {
        if ((length as bigint) < 0n) throw sqlError(537);
        const begin = Number(start) - 1;
        const end = begin + Number(length);
        if (Buffer.isBuffer(v)) return v.subarray(Math.max(0, begin), Math.max(0, end));
        return (v as string).slice(Math.max(0, begin), Math.max(0, end));
      });
    },
  },
  CHARINDEX: {
    arity: [2, 3],
    bind: ([wanted, value, from], { name }) =>
      strict(
        INT,
        [
          asText(wanted, name),
          asText(value, name, 2),
          from === undefined ? () => 1n : argument(from, BIGINT),
        ],
        ([find, text, start]) => {
          if (find === "") return 0n;
          return BigInt(
            foldCase(text as string).indexOf(foldCase(find as string), Math.max(0, Number(start) - 1)) + 1,
          );
        },
      ),
  },
  PATINDEX: {
    arity: [2, 2],
    bind: ([pattern, value], { name }) =>
      strict(INT, [asText(pattern, name), asText(value, name, 2)], ([like, text]) => {
        const body = like as string;
        const anchored = !body.startsWith("%");
        const matches = likeMatcher(body.replace(/^%/, ""));
        const source = text as string;
        for (let i = 0; i <= (anchored ? 0 : source.length); i++)
          if (matches(source.slice(i))) return BigInt(i + 1);
        return 0n;
      }),
  },
  REPLACE: {
    arity: [3, 3],
    bind: ([value, find, by], { name }) =>
      strict(
        textType(value, MAX),
        [asText(value, name), asText(find, name, 2), asText(by, name, 3)],
        ([text, from, to]) => {
          const [source, wanted] = [text as string, foldCase(from as string)];
          if (wanted === "") return source;
          const folded = foldCase(source);
          let result = "";
          for (let at = 0; ; ) {
            const next = folded.indexOf(wanted, at);
            if (next === -1) return result + source.slice(at);
            result += source.slice(at, next) + (to as string);
            at = next + wanted.length;
          }
        },
      ),
  },
  STUFF: {
    arity: [4, 4],
    bind: ([value, from, count, by], { name }) => {
      const replacement = argument(by, textType(by, MAX));
      return {
        ...strict(
          textType(value, MAX),
          [asText(value, name), argument(from, INT), argument(count, INT)],
          ([text, start, length], env) => {
            const [source, begin, size] = [text as string, Number(start), Number(length)];
            if (begin < 1 || begin > source.length || size < 0) return null;
            return (
              source.slice(0, begin - 1) +
              ((replacement(env) as string | null) ?? "") +
              source.slice(begin - 1 + size)
            );
          },
        ),
      };
    },
  },
  REPLICATE: {
    arity: [2, 2],
    bind: ([value, count], { name }) =>
      strict(textType(value, MAX), [asText(value, name), argument(count, INT)], ([text, times]) => {
        if ((times as bigint) < 0n) return null;
        if ((text as string).length * Number(times) > 10_000_000)
          throw sqlError(701, "REPLICATE's result is too long.");
        return (text as string).repeat(Number(times));
      }),
  },
  SPACE: {
    arity: [1, 1],
    bind: ([count]) =>
      strict(varchar(8000), [argument(count, INT)], ([times]) =>
        (times as bigint) < 0n ? null : " ".repeat(Math.min(8000, Number(times))),
      ),
  },
  CONCAT: concat(2),
  CONCAT_WS: {
    arity: [3, 254],
    bind: (args) => {
      const [separator, ...texts] = args.map((arg) => argument(arg, textType(arg, MAX)));
      return {
        type: joined(args),
        nullable: false,
        uses: 0,
        evaluate: (env) =>
          texts
            .map((text) => text(env))
            .filter((text) => text !== null)
            .join(String(separator?.(env) ?? "")),
      };
    },
  },
  CHAR: {
    arity: [1, 1],
    bind: ([code]) =>
      strict(char(1), [argument(code, INT)], ([value]) => {
        const number = Number(value);
        if (number > 127 && number < 160) throw unsupported(`CHAR(${number})`);
        return number < 0 || number > 255 ? null : String.fromCharCode(number);
      }),
  },
  NCHAR: {
    arity: [1, 1],
    bind: ([code]) =>
      strict(nchar(1), [argument(code, INT)], ([value]) =>
        (value as bigint) < 0n || (value as bigint) > 65_535n ? null : String.fromCharCode(Number(value)),
      ),
  },
  ASCII: {
    arity: [1, 1],
    bind: ([value], { name }) =>
      strict(INT, [asText(value, name)], ([text]) =>
        text === "" ? null : BigInt(encodeCodePage((text as string).slice(0, 1))[0] ?? 63),
      ),
  },
  UNICODE: {
    arity: [1, 1],
    bind: ([value], { name }) =>
      strict(INT, [asText(value, name)], ([text]) =>
        text === "" ? null : BigInt((text as string).charCodeAt(0)),
      ),
  },
  QUOTENAME: {
    arity: [1, 1],
    bind: ([value], { name }) =>
      strict(nvarchar(258), [asText(value, name)], ([text]) =>
        (text as string).length > 128 ? null : `[${(text as string).replaceAll("]", "]]")}]`,
      ),
  },
  STRING_ESCAPE: {
    arity: [2, 2],
    bind: ([value], { name }) =>
      strict(nvarchar(MAX), [asText(value, name)], ([text]) =>
        JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
      ),
  },
};

function joined(args: readonly Bound[]): SqlType {
  return args.map((arg) => textType(arg)).reduce(concatType);
}

/** CONCAT takes NULL for an empty text. */
function concat(least: number): FunctionDefinition {
  return {
    arity: [least, 254],
    bind: (args) => {
      const texts = args.map((arg) => argument(arg, textType(arg, MAX)));
      return {
        type: joined(args),
        nullable: false,
        uses: 0,
        evaluate: (env) => texts.map((text) => text(env) ?? "").join(""),
      };
    },
  };
}

/** Bytes of a value as SQL Server stores it. */
function sizeOf(value: NonNullable<SqlValue>, type: SqlType): number {
  switch (familyOf(type)) {
    case "text":
      return isNational(type) ? (value as string).length * 2 : encodeCodePage(value as string).length;
    case "binary":
      return (value as Buffer).length;
    case "guid":
      return 16;
    case "exact":
      if (type.kind === "decimal")
        return type.precision <= 9 ? 5 : type.precision <= 19 ? 9 : type.precision <= 28 ? 13 : 17;
      return (
        { bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8, money: 8, smallmoney: 4 }[type.kind as "int"] ??
        8
      );
    case "temporal": {
      const time = type.scale <= 2 ? 3 : type.scale <= 4 ? 4 : 5;
      return (
        { date: 3, datetime: 8, smalldatetime: 4, time, datetime2: time + 3, datetimeoffset: time + 5 }[
          type.kind as "date"
        ] ?? 8
      );
    }
    default:
      return type.kind === "real" ? 4 : 8;
  }
}
