import { describe, expect, it } from "vitest";
import { encodeOutput } from "./output.ts";

const sent = (value: Parameters<typeof encodeOutput>[0]) =>
  encodeOutput(value).map(({ body, contentType }) => [String(body), contentType]);

describe("an output", () => {
  it.each([
    [{ string: "text" }, [["text", "text/plain"]]],
    [{ int: 7 }, [["7", "text/plain"]]],
    [{ json: '{"a":1}' }, [['{"a":1}', "text/plain"]]],
    [
      { json: '["x",{"a":1}]' },
      [
        ["x", "text/plain"],
        ['{"a":1}', "text/plain"],
      ],
    ],
    [{ bytes: Buffer.from("b") }, [["b", "application/octet-stream"]]],
    [null, []],
  ])("%j is sent as %j", (value, expected) => expect(sent(value)).toEqual(expected));
});
