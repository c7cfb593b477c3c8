import { describe, expect, it } from "vitest";
import { formatTable } from "./format-table.ts";

const text = (name: string) => ({ name, numeric: false });

describe("a result as a table", () => {
  it("is in columns, with numbers to the right", () => {
    const rows = [
      ["1", 44, null, true],
      ["abc", 1234.5, new Date(0), false],
    ];
    const columns = [text("Id"), { name: "Amount", numeric: true, scale: 2 }, text("At"), text("")];
    expect(formatTable({ columns, rows })).toBe(
      [
        "Id    Amount  At                        -",
        "---  -------  ------------------------  -----",
        "1      44.00  NULL                      true",
        "abc  1234.50  1970-01-01T00:00:00.000Z  false",
        "(2 rows)",
      ].join("\n"),
    );
  });

  it("has a line for each row, however long or broken its texts are", () => {
    const rows = [["x".repeat(100)], ["a\nb"], [Buffer.from([0, 255])]];
    expect(
      formatTable({ columns: [text("Body")], rows })
        .split("\n")
        .slice(2),
    ).toEqual([`${"x".repeat(59)}…`, "a b", "0x00ff", "(3 rows)"]);
  });

  it("of nothing shows its columns", () => {
    expect(formatTable({ columns: [text("Id")], rows: [] })).toBe("Id\n--\n(0 rows)");
  });
});
