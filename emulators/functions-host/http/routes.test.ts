import { describe, expect, it } from "vitest";
import { matchRoute, parseRoute } from "./routes.ts";

const routes = (...templates: string[]) =>
  templates.map((template) => parseRoute(template, ["GET"], template, "Function"));
const match = (templates: string[], path: string, method = "GET") => {
  const found = matchRoute(routes(...templates), method, path);
  return found && [found.value, found.parameters];
};

describe("a route", () => {
  it.each([
    [["orders/{id}"], "orders/a%2Fb", ["orders/{id}", { id: "a/b" }]],
    [["orders/{id?}"], "orders", ["orders/{id?}", {}]],
    [["orders/{id?}"], "Orders/7/", ["orders/{id?}", { id: "7" }]],
    [["files/{*path}"], "files/a/b", ["files/{*path}", { path: "a/b" }]],
    [["files/{*path}"], "files", ["files/{*path}", {}]],
    [["orders/{id:int}"], "orders/x", undefined],
    [["orders/{id:guid}"], "orders/7c9e6679-7425-40de-944b-e07fc1f90ae7", expect.anything()],
    [["orders/{id}"], "orders/1/2", undefined],
    [["orders/{id}"], "orders", undefined],
    [["orders/{id}"], "orders/%E0%A4%A", undefined],
    [[""], "", ["", {}]],
    // Text is more precise than a constraint, that more than a plain parameter, that more than the rest.
    [["{*rest}", "{name}", "{id:int}", "all"], "all", ["all", {}]],
    [["{*rest}", "{name}", "{id:int}"], "12", ["{id:int}", { id: "12" }]],
    [["{*rest}", "{name}"], "x", ["{name}", { name: "x" }]],
    [["a/{x}", "{y}/b"], "a/b", ["a/{x}", { x: "b" }]],
  ])("of %j takes %s as %j", (templates, path, expected) => {
    expect(match(templates, path)).toEqual(expected);
  });

  it("does not match with another method", () => expect(match(["a"], "a", "POST")).toBeUndefined());

  it.each([
    "/orders",
    "admin/x",
    "~/orders",
    "orders/{id:range(1,2)}",
    "orders/{id=1}",
    "orders/{a}{b}",
    "orders/x{id}",
    "{*rest}/more",
    "{id?}/more",
    "orders/{",
  ])("%s is refused by name", (template) => {
    expect(() => routes(template)).toThrow(`Function: route "${template}"`);
  });
});
