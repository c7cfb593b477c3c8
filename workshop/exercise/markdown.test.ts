import { describe, expect, it } from "vitest";
import { forTerminal, section } from "./markdown.ts";

describe("texts on a terminal", () => {
  it("finds a section, up to the next heading of its level", () => {
    const text = "# Title\n\n## Hint 1\n\nLook.\n\n### Deeper\n\nMore.\n\n## Hint 2\n\nWrite.\n";
    expect(section(text, "hint 1")).toBe("Look.\n\n### Deeper\n\nMore.");
    expect(section(text, "Hint 2")).toBe("Write.");
    expect(section(text, "Hint 3")).toBeUndefined();
  });

  it("breaks paragraphs and items at the width, and leaves code and tables as they are", () => {
    const text = [
      "One **two** three",
      "four five six seven.",
      "",
      "- an item that is longer than the line",
      "- short",
      "",
      "```ts",
      "const aLineOfCode = thatIsLonger(thanTheWidth);",
      "```",
      "| a | b | c | d | e | f | g |",
    ].join("\n");
    expect(forTerminal(text, 20).split("\n")).toEqual([
      "One two three four",
      "five six seven.",
      "",
      "- an item that is",
      "  longer than the",
      "  line",
      "- short",
      "",
      "    const aLineOfCode = thatIsLonger(thanTheWidth);",
      "| a | b | c | d | e | f | g |",
    ]);
  });
});
