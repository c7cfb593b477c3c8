import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../bin/root.ts";
import { runNode } from "../bin/tool.ts";
import { eventually, runningStack } from "./running.ts";

interface Step {
  readonly line: string;
  /** What it must print; undefined where the README does not say. */
  readonly output: string | undefined;
}

/** The lines of the walk-through, each with the answer that follows it. */
function walkThrough(readme: string): Step[] {
  const [, part = ""] = /<!-- walk-through.*?-->(.*)<!-- end of the walk-through -->/s.exec(readme) ?? [];
  const steps: Step[] = [];
  for (const [, language, text = ""] of part.matchAll(/^```(\w*)\n(.*?)\n```$/gms)) {
    if (language === "") steps.push(...text.split("\n").map((line) => ({ line, output: undefined })));
    else steps.push({ line: steps.pop()?.line ?? "", output: text });
  }
  return steps;
}

/** Without what differs each time: address, keys, times. */
const comparable = (text: string, url: string): string =>
  text
    .replaceAll(url, "URL")
    .replaceAll("http://127.0.0.1:7071", "URL")
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "KEY")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .trim();

/** The words of a command line, of which some may stand in double quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

describe("README", () => {
  it("gives the answers that its lines get", async () => {
    const steps = walkThrough(await readFile(join(root, "README.md"), "utf8"));
    expect(steps.filter(({ output }) => output !== undefined).length).toBeGreaterThanOrEqual(4);
    const { url, connections } = await runningStack();
    for (const { line, output } of steps) {
      const [npx, pierogi, ...args] = wordsOf(line);
      const where = args[0] === "sql" ? ["--connection", connections.sql] : ["--url", url];
      expect(`${npx} ${pierogi}`).toBe("npx pierogi");
      const run = async () => {
        const { code, stdout, stderr } = await runNode([join(root, "bin/pierogi.js"), ...args, ...where]);
        expect(code, stderr).toBe(stdout.includes('"rejected"') ? 1 : 0);
        return comparable(stdout + stderr, url);
      };
      if (output === undefined) await run();
      else if (!/ show | sql /.test(line)) expect(await run()).toBe(comparable(output, url));
      else {
        // A reader takes longer than the events that a query's answer depends on.
        let came = "";
        const isAsWritten = async () => {
          came = await run();
          return came === comparable(output, url);
        };
        await eventually(line, isAsWritten).catch(() => expect(came).toBe(comparable(output, url)));
      }
    }
  });
});
