import { describe, expect, test } from "vitest";
import { parseCache } from "../engine/engine.ts";
import type { Prepared } from "../engine/rpc.ts";
import { nvarchar, type SqlValue } from "../types/sql-type.ts";
import type { Request } from "./dispatch.ts";
import { describeRequest } from "./faults.ts";

const prepared: Prepared = new Map([
  [
    7,
    {
      text: "DELETE FROM s.Box WHERE id = @id; COMMIT",
      parameters: [{ name: "@id", type: nvarchar(9), output: false }],
    },
  ],
]);
const describeIt = (request: Request) => describeRequest(request, { parse: parseCache() }, prepared);
const operationOf = (text: string) => describeIt({ kind: "batch", text }).operation;
const call = (procedure: string, ...values: readonly (readonly [string, SqlValue])[]): Request => ({
  kind: "rpc",
  procedure,
  parameters: values.map(([name, value]) => ({ name, value, type: nvarchar(9), output: false })),
});

describe("a request commits", () => {
  test.each([
    ["BEGIN TRAN; INSERT t VALUES (1); COMMIT", "commit"],
    ["BEGIN TRY BEGIN TRAN; IF 1 = 1 COMMIT TRANSACTION END TRY BEGIN CATCH THROW; END CATCH", "commit"],
    ["SELECT 'COMMIT' AS word -- COMMIT", "statement"],
    ["SELECT [commit] FROM t", "statement"],
    ["COMMIT this is no SQL", "statement"],
    ["INSERT t VALUES (1)", "statement"],
  ])("%s: %s", (text, operation) => expect(operationOf(text)).toBe(operation));

  test("if it is the client's own, or prepared", () => {
    const own = { kind: "transaction", name: "", isolation: undefined, again: false } as const;
    expect(describeIt({ ...own, operation: "commit" }).operation).toBe("commit");
    expect(describeIt({ ...own, operation: "begin" }).operation).toBe("statement");
    expect(describeIt(call("sp_execute", ["", 7n], ["", "a"])).operation).toBe("commit");
  });
});

describe("its facts", () => {
  test("are the tables, each parameter's value, and the parameters by name", () => {
    const text = "UPDATE o SET a = @a FROM [s].[Out] AS o WHERE b = @b AND EXISTS (SELECT 1 FROM t)";
    const properties = { a: "x", b: 5 };
    expect(
      describeIt(
        call("sp_executesql", ["", text], ["", "@a nvarchar(9), @b int"], ["@a", "x"], ["@b", 5n]),
      ).facts(),
    ).toEqual(
      ["s.Out", "t"].flatMap((entity) =>
        [undefined, "x", "5"].map((aggregate) => ({ entity, aggregate, properties })),
      ),
    );
  });

  test("name a parameter as it is declared, whatever the wire makes of its case", () => {
    const text = "DELETE FROM t WHERE messageId = @messageId";
    const request = call("sp_executesql", ["", text], ["", "@messageId nvarchar(9)"], ["@messageid", "a"]);
    expect(describeIt(request).facts()).toContainEqual({
      entity: "t",
      aggregate: undefined,
      properties: { messageId: "a" },
    });
  });

  test("of a prepared statement come from what was prepared", () => {
    expect(describeIt(call("sp_execute", ["", 7n], ["", "a"])).facts()).toEqual(
      [undefined, "a"].map((aggregate) => ({ entity: "s.Box", aggregate, properties: { id: "a" } })),
    );
  });

  test("are none where nothing parses", () => {
    expect(describeIt({ kind: "batch", text: "no SQL" }).facts()).toEqual([
      { entity: undefined, aggregate: undefined, properties: {} },
    ]);
  });
});
