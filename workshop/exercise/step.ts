import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Material, stepFolder } from "../states/material.ts";
import { WorkshopError } from "../states/problem.ts";
import { firstHeading, section } from "./markdown.ts";

/** What an exercise's texts say. */
export interface Step {
  readonly number: number;
  readonly title: string;
  /** Minutes that the exercise should take. */
  readonly timeBox: number;
  /** What the code does as the exercise begins, for who comes late. */
  readonly summary: string;
  /** Where the story and the task are. */
  readonly readme: string;
}

/**
 * Reads a step's README: its heading, "N minutes", and what stands under "What the code does by now".
 * @throws WorkshopError if one of them is missing
 */
export async function readStep(material: Material, number: number): Promise<Step> {
  const readme = join(stepFolder(material, number), "README.md");
  const text = await readFile(readme, "utf8");
  return {
    number,
    title: expected(firstHeading(text), readme, "a heading").replace(/^(exercise )?\d+\s*[:.·–-]?\s*/i, ""),
    timeBox: Number(expected(/(\d+) min/.exec(text)?.[1], readme, "a time box such as 25 minutes")),
    summary: expected(
      section(text, "What the code does by now"),
      readme,
      'a section "## What the code does by now"',
    ),
    readme,
  };
}

export const hintLevels = [1, 2, 3] as const;

/** @throws WorkshopError if there is no such hint */
export async function readHint(material: Material, number: number, level: number): Promise<string> {
  const file = join(stepFolder(material, number), "hints.md");
  return expected(
    section(await readFile(file, "utf8"), `Hint ${level}`),
    file,
    `a section "## Hint ${level}"`,
  );
}

function expected(found: string | undefined, file: string, what: string): string {
  if (found === undefined || found === "") throw new WorkshopError(`${file}: expected ${what}`);
  return found;
}
