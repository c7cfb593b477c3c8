import { describe, expect, it } from "vitest";
import { diffOf } from "./diff.ts";

const tree = (files: Readonly<Record<string, string>>) =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));

describe("diff", () => {
  it("shows changed, new and removed files", () => {
    const text = diffOf(
      tree({ a: "one\ntwo\n", gone: "x\n", same: "s\n" }),
      tree({ a: "one\n2\n", new: "n\n", same: "s\n" }),
    );
    expect(text).toContain("--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n");
    expect(text).toContain("--- a/gone\n+++ /dev/null\n");
    expect(text).toContain("--- /dev/null\n+++ b/new\n");
    expect(text).not.toContain("same");
  });

  it("does not take another system's line ends for a change", () => {
    expect(diffOf(tree({ a: "one\ntwo\n" }), tree({ a: "one\r\ntwo\r\n" }))).toBe("");
  });
});
