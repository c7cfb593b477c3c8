import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Runtime } from "../binder/bound.ts";
import { tableScope } from "../binder/filter.ts";
import { binder } from "../binder/query.ts";
import { SqlError } from "../errors/sql-error.ts";
import { parseStored } from "../parser/parse.ts";
import { decimalText, parseDecimal, pow10 } from "../types/decimal.ts";
import { familyOf, type SqlType, type SqlValue } from "../types/sql-type.ts";

const evaluate = (text: string): { type: SqlType; value: SqlValue } => {
  const bound = binder.expression(parseStored(text, "value"), tableScope([], "t"));
  return { type: bound.type, value: bound.evaluate({ rows: [], outer: undefined, runtime: {} as Runtime }) };
};

/** A decimal literal of so many digits, with its exact value as a fraction. */
const literal = fc
  .record({
    whole: fc.bigInt({ min: 0n, max: 10n ** 8n }),
    fraction: fc.stringMatching(/^\d{1,5}$/),
    negative: fc.boolean(),
  })
  .map(({ whole, fraction, negative }) => {
    const text = `${negative ? "-" : ""}${whole}.${fraction}`;
    return {
      text: negative ? `(${text})` : text,
      value: parseDecimal(text) as { value: bigint; scale: number },
    };
  });

describe("decimal arithmetic is exact", () => {
  it.each(["+", "-", "*"] as const)("%s agrees with fractions", (op) => {
    fc.assert(
      fc.property(literal, literal, (a, b) => {
        const { type, value } = evaluate(`${a.text} ${op} ${b.text}`);
        const scale = op === "*" ? a.value.scale + b.value.scale : Math.max(a.value.scale, b.value.scale);
        const [x, y] = [
          a.value.value * pow10(scale - a.value.scale),
          b.value.value * pow10(scale - b.value.scale),
        ];
        const exact = op === "+" ? x + y : op === "-" ? x - y : a.value.value * b.value.value;
        expect(type.scale).toBe(scale);
        expect(value).toBe(exact);
      }),
    );
  });

  it("/ is cut at its scale", () => {
    fc.assert(
      fc.property(literal, literal, (a, b) => {
        fc.pre(b.value.value !== 0n);
        const { type, value } = evaluate(`${a.text} / ${b.text}`);
        const exact =
          (a.value.value * pow10(type.scale + b.value.scale)) / (b.value.value * pow10(a.value.scale));
        expect(value).toBe(exact);
      }),
    );
  });
});

describe("typed expressions", () => {
  const { value } = fc.letrec<{ value: string; condition: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      fc.constantFrom(
        "1",
        "0",
        "NULL",
        "1.50",
        "2147483647",
        "1e3",
        "'12'",
        "N'ł'",
        "''",
        "0xFF",
        "CAST('2026-01-31' AS date)",
        "CAST(1 AS bit)",
        "CAST(5 AS tinyint)",
        "CAST(9 AS money)",
        "CAST('2026-01-01T00:00:00Z' AS datetimeoffset(3))",
        "CAST('0F8FAD5B-D9CB-469F-A165-70867728950E' AS uniqueidentifier)",
      ),
      fc
        .tuple(tie("value"), fc.constantFrom("+", "-", "*", "/", "%", "&", "|", "^"), tie("value"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(tie("condition"), tie("value"), tie("value"))
        .map(([c, a, b]) => `CASE WHEN ${c} THEN ${a} ELSE ${b} END`),
      fc
        .tuple(
          tie("value"),
          fc.constantFrom(
            "int",
            "bigint",
            "decimal(9,2)",
            "float",
            "varchar(10)",
            "nvarchar(max)",
            "datetime2(3)",
            "bit",
            "uniqueidentifier",
            "varbinary(8)",
          ),
        )
        .map(([a, type]) => `TRY_CAST(${a} AS ${type})`),
      fc
        .tuple(
          fc.constantFrom("LEN", "UPPER", "ABS", "FLOOR", "YEAR", "REVERSE", "ISJSON", "DATALENGTH"),
          tie("value"),
        )
        .map(([f, a]) => `${f}(${a})`),
      fc
        .tuple(
          fc.constantFrom("COALESCE", "NULLIF", "ISNULL", "CONCAT", "LEFT", "ROUND", "POWER"),
          tie("value"),
          tie("value"),
        )
        .map(([f, a, b]) => `${f}(${a}, ${b})`),
    ),
    condition: fc.oneof(
      fc
        .tuple(tie("value"), fc.constantFrom("=", "<>", "<", ">=", "LIKE"), tie("value"))
        .map(([a, op, b]) => `${a} ${op} ${b}`),
      fc.tuple(tie("value")).map(([a]) => `${a} IS NULL`),
      fc.tuple(tie("value"), tie("value")).map(([a, b]) => `${a} NOT IN (${b}, NULL)`),
    ),
  }));

  /** What a value of a family is in memory. */
  const isOf = ({ kind, precision, length }: SqlType, family: string, found: SqlValue): boolean => {
    if (found === null) return true;
    switch (family) {
      case "exact":
        return (
          typeof found === "bigint" &&
          (kind !== "decimal" || decimalText(found, 0).replace("-", "").length <= precision)
        );
      case "approximate":
        return typeof found === "number" && Number.isFinite(found);
      case "text":
        return typeof found === "string" && found.length <= length;
      case "binary":
        return Buffer.isBuffer(found);
      case "temporal":
        return typeof found === "bigint" || kind === "datetimeoffset";
      default:
        return typeof found === "string";
    }
  };

  it("give a value of their type, or a SQL error", () => {
    fc.assert(
      fc.property(value, (text) => {
        try {
          const { type, value: found } = evaluate(text);
          expect(isOf(type, familyOf(type), found)).toBe(true);
        } catch (error) {
          if (!(error instanceof SqlError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
