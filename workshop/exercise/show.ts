import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPlayground } from "../playground/playground.ts";
import { countOf } from "../playground/progress.ts";
import { listSaved } from "../playground/saved.ts";
import { compose } from "../states/compose.ts";
import { exercisesOf, stepFolder } from "../states/material.ts";
import { diffOf } from "./diff.ts";
import { forTerminal } from "./markdown.ts";
import { hintLevels, readHint, readStep } from "./step.ts";
import { currentPlayground, type Workspace } from "./workspace.ts";

export interface Listed {
  readonly number: number;
  readonly title: string;
  /** Minutes. */
  readonly timeBox: number;
  readonly isCurrent: boolean;
  /** All of its checks have passed. */
  readonly isPassed: boolean;
}

/** @returns all exercises, and how far the attendee is */
export async function listed({ material, place }: Workspace): Promise<readonly Listed[]> {
  const progress = (await readPlayground(place))?.progress;
  const steps = (await exercisesOf(material)).map((number) => readStep(material, number));
  return (await Promise.all(steps)).map(({ number, title, timeBox }) => ({
    number,
    title,
    timeBox,
    isCurrent: progress?.exercise === number,
    isPassed: progress?.passed.includes(number) === true,
  }));
}

/** All exercises, a line for each. */
export async function list(workspace: Workspace): Promise<string> {
  const lines = (await listed(workspace)).map(
    ({ number, title, timeBox, isCurrent, isPassed }) =>
      `${isCurrent ? ">" : " "}${isPassed ? "x" : " "} ${String(number).padStart(2)}  ${title.padEnd(26)}  ${timeBox} minutes`,
  );
  return [...lines, "", "x passed   > you are here   `npx pierogi exercise start N` goes to one"].join("\n");
}

/** One of the three hints of the current exercise. */
export async function hint(workspace: Workspace, level: number): Promise<string> {
  const { progress } = await currentPlayground(workspace);
  const text = await readHint(workspace.material, progress.exercise, level);
  return `Hint ${level} of ${hintLevels.length}\n\n${forTerminal(text, workspace.width)}`;
}

/** What the attendee has changed since the exercise began, or what would still be changed by the solution. */
export async function diff(workspace: Workspace, against: "start" | "solution"): Promise<string> {
  const { progress, tree } = await currentPlayground(workspace);
  const other = await compose(workspace.material, { exercise: progress.exercise, part: against });
  const text = against === "start" ? diffOf(other, tree) : diffOf(tree, other);
  if (text !== "") return text;
  return against === "start" ? "nothing is changed yet" : "this is the solution";
}

/** The solution's change, and why it works. */
export async function solution({ material, width, ...workspace }: Workspace): Promise<string> {
  const { exercise } = (await currentPlayground({ material, width, ...workspace })).progress;
  const [before, after, text] = await Promise.all([
    compose(material, { exercise, part: "start" }),
    compose(material, { exercise, part: "solution" }),
    readFile(join(stepFolder(material, exercise), "solution.md"), "utf8"),
  ]);
  return [
    diffOf(before, after),
    forTerminal(text, width).trim(),
    "",
    "`npx pierogi exercise solution --apply` writes it into your playground.",
  ].join("\n");
}

/** What was saved, and how to bring it back. */
export async function savedList({ place, shown }: Workspace): Promise<string> {
  const saved = await listSaved(place.savedFolder);
  if (saved.length === 0) return "nothing was saved yet: only work that something else is written over is";
  const lines = saved.map(({ name, progress, changes }) => {
    const count = countOf(changes);
    return `  ${name}  exercise ${progress.exercise}, ${count} ${count === 1 ? "file" : "files"} changed`;
  });
  return [
    `in ${shown(place.savedFolder)}:`,
    ...lines,
    "",
    "npx pierogi exercise restore NAME brings one back",
  ].join("\n");
}
