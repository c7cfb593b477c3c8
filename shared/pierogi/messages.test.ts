import { describe, expect, it } from "vitest";
import { parseMessage } from "./messages.ts";

const body = { orderId: "1", customerId: "ann", filling: "Meat", portions: 2 };

describe("parseMessage", () => {
  it("reads a message of the newest schema", () => {
    expect(parseMessage("AddItem", 2, body)).toEqual({ type: "AddItem", ...body });
  });

  it("reads an AddItem of schema 1, which knew one portion only", () => {
    const stored = JSON.parse('{"orderId":"1","customerId":"ann","filling":"Meat"}');
    expect(parseMessage("AddItem", 1, stored)).toEqual({ type: "AddItem", ...body, portions: 1 });
  });

  it.each([
    ["Pizza", 1, body, /unknown type "Pizza"; expected one of AddItem/],
    ["toString", 1, body, /unknown type/],
    ["AddItem", 3, body, /schema 3; this version reads 2 and 1/],
    ["SubmitOrder", 0, { orderId: "1" }, /schema 0; this version reads 1/],
    ["AddItem", 2, { ...body, portions: 101 }, /portions/],
    ["AddItem", 2, { ...body, portions: 1.5 }, /portions/],
    ["AddItem", 2, { ...body, filling: "Pizza" }, /filling/],
    ["AddItem", 2, { ...body, orderId: "a/b" }, /orderId: expected 1 to 64/],
    ["AddItem", 2, { ...body, tip: 1 }, /tip/],
    ["AddItem", 1, null, /body/],
  ])("says what is wrong with %s of schema %s", (type, schema, given, problem) => {
    expect(parseMessage(type, schema, given)).toMatchObject({ problem: expect.stringMatching(problem) });
  });
});
