import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchor } from "./lectures/markdown.ts";

const workshop = import.meta.dirname;
/** The lectures have a test of their own. */
const files = globSync("**/*.md", { cwd: workshop }).filter((file) => !/^lectures[/\\]/.test(file));

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** What links and images point to, but for other sites. */
const targets = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?|mailto):/.test(target));

/** The anchors of a page's headings. */
const anchors = (text: string): string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    anchor(heading),
  );

/** What a link points to in vain, or undefined. */
function problem(file: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const other = path === "" ? file : join(dirname(file), decodeURIComponent(path));
  if (!existsSync(join(workshop, other))) return `${target}: there is no ${join("workshop", other)}`;
  if (anchor === undefined || !other.endsWith(".md")) return undefined;
  const known = anchors(readFileSync(join(workshop, other), "utf8"));
  return known.includes(anchor) ? undefined : `${target}: expected one of #${known.join(", #")}`;
}

describe("links in the workshop's texts", () => {
  it("are looked at", () => {
    expect(files).toContain("GUIDE.md");
    expect(targets("a [b](c.md#d) `[e](f)` ![g](h.svg) [i](https://j)")).toEqual(["c.md#d", "h.svg"]);
    expect(anchors("# What is `so`, then?\n```\n# no\n```\n")).toEqual(["what-is-so-then"]);
    expect(problem("GUIDE.md", "#games")).toBeUndefined();
    expect(problem("GUIDE.md", "#balls")).toMatch(/^#balls: expected one of #.*#games/);
    expect(problem("GUIDE.md", "../no/such.md")).toBe("../no/such.md: there is no no/such.md");
  });

  it.each(files)("lead somewhere: %s", (file) => {
    const text = readFileSync(join(workshop, file), "utf8");
    expect(
      targets(text)
        .map((target) => problem(file, target))
        .filter((each) => each !== undefined),
    ).toEqual([]);
  });
});
