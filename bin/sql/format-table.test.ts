import { describe, expect, it } from "vitest";
import { formatTable } from "./format-table.ts";

describe("a result as a table", () => {
  it("is in columns, with numbers to the right", () => {
    const rows = [
      ["a", 4400, null, true],
      ["abc", "12", new Date(0), false],
    ];
    expect(formatTable({ columns: ["Id", "Cents", "At", ""], rows })).toBe(
      [
        "Id   Cents  At                        -",
        "---  -----  ------------------------  -----",
        "a     4400  NULL                      true",
        "abc     12  1970-01-01T00:00:00.000Z  false",
        "(2 rows)",
      ].join("\n"),
    );
  });

  it("has a line for each row, however long or broken its texts are", () => {
    const rows = [["x".repeat(100)], ["a\nb"], [Buffer.from([0, 255])]];
    expect(
      formatTable({ columns: ["Body"], rows })
        .split("\n")
        .slice(2),
    ).toEqual([`${"x".repeat(59)}…`, "a b", "0x00ff", "(3 rows)"]);
  });

  it("of nothing shows its columns", () => {
    expect(formatTable({ columns: ["Id"], rows: [] })).toBe("Id\n--\n(0 rows)");
  });
});
