import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readLines } from "./read-lines.ts";

test("a broken pipe is told after the lines that came, and ends nothing else", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  const broken = Promise.withResolvers<void>();
  readLines(stream, (line) => {
    lines.push(line);
    if (line === "second") stream.destroy(new Error("read ECONNRESET"));
    if (line.includes("ECONNRESET")) broken.resolve();
  });
  stream.write("first\r\nsecond\n");
  await broken.promise;
  expect(lines).toEqual(["first", "second", "its output can't be read any more: read ECONNRESET"]);
});
