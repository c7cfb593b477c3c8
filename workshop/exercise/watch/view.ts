import { styleText } from "node:util";
import type { Checked, Outcome } from "../check.ts";
import { wrap } from "../markdown.ts";
import { brokenApp, countLine, crashed, editedNote, failure, resultLine, solved } from "../report.ts";
import type { Workspace } from "../workspace.ts";

/** All that the screen shows. */
export interface Model {
  readonly exercise: number;
  readonly title: string;
  /** Minutes. */
  readonly timeBox: number;
  readonly minutesUsed: number;
  readonly isRunning: boolean;
  /** Of the run that is going on. */
  readonly soFar: readonly Checked[];
  /** Of the last run that came to its end. */
  readonly outcome: Outcome | undefined;
  /** A text that was asked for, in the place of the checks. */
  readonly panel: string | undefined;
  /** To be answered by y or n. */
  readonly question: string | undefined;
  /** What was done last. */
  readonly note: string | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const keys = "h hint  d diff  s solution  n next  l list  r reset  f full report  q quit";

/** @returns the screen's lines; only a text that was asked for may be longer than the screen */
export function render(
  model: Model,
  reader: Pick<Workspace, "place" | "shown">,
  { columns, rows }: Size,
): string[] {
  const { exercise, title, timeBox, minutesUsed, note } = model;
  const width = Math.max(40, Math.min(columns, 120));
  const clock = `${minutesUsed} of ${timeBox} minutes`;
  const name = `Exercise ${exercise}: ${title}`;
  const head = [
    styleText("bold", name.padEnd(Math.max(name.length + 2, width - clock.length))) + clock,
    "-".repeat(width),
    ...(note === undefined ? [] : [...note.split("\n").flatMap((line) => wrap(line, width)), ""]),
  ];
  const foot = ["-".repeat(width), ...footOf(model)];
  const room = rows - head.length - foot.length - 1;
  return [...head, ...bodyOf(model, { ...reader, width }, room), ...foot];
}

function footOf({ question, panel }: Model): string[] {
  if (question !== undefined) return [styleText("bold", `${question} (y/n)`)];
  return [...(panel === undefined ? [] : ["Enter goes back to the checks"]), keys];
}

type Reader = Pick<Workspace, "place" | "shown" | "width">;

function bodyOf(model: Model, reader: Reader, room: number): string[] {
  const { panel, isRunning, soFar, outcome, exercise } = model;
  if (panel !== undefined) return panel.split("\n");
  if (isRunning) return resultsBody(soFar, exercise, [styleText("dim", "checking …")], reader, room);
  if (outcome === undefined) return ["starting …"];
  return outcome.passed ? solvedBody(outcome, room) : failedBody(outcome, reader, room);
}

function solvedBody({ exercise, results }: Outcome, room: number): string[] {
  const banner = solved(exercise);
  const lines = resultLines(results, exercise, room - banner.length - 1);
  return [...lines, "", ...banner];
}

function failedBody(outcome: Outcome, reader: Reader, room: number): string[] {
  const { problems, crashes, results, exercise, notRun } = outcome;
  const above = [
    ...editedNote(outcome, reader),
    ...(problems.length > 0 ? brokenApp(problems.slice(0, 3), reader) : []),
    ...(crashes.length > 0 ? crashed(crashes.slice(0, 2), reader) : []),
  ];
  const count = [
    ...(notRun.length > 0 ? [`        ${notRun.length} more were not run`] : []),
    countLine(outcome),
  ];
  return [...above, ...resultsBody(results, exercise, count, reader, room - above.length)];
}

/** All results, and of the first that failed what happened, as far as there is room. */
function resultsBody(
  results: readonly Checked[],
  exercise: number,
  below: readonly string[],
  reader: Reader,
  room: number,
): string[] {
  const first = results.find(({ passed }) => !passed);
  const others = results.filter((result) => result !== first);
  const share = first === undefined ? room : Math.floor(room / 2);
  const lines = [...resultLines(others, exercise, share - below.length), ...below];
  if (first === undefined) return lines;
  const left = Math.max(3, room - lines.length - 2);
  return [...lines, "", resultLine(first, exercise), ...cutTo(failure(first, reader), left)];
}

/** Guards that pass are one line; so are checks of the exercise for which there is no room. */
function resultLines(results: readonly Checked[], exercise: number, room: number): string[] {
  const isGuard = (result: Checked): boolean => result.exercise !== exercise && result.passed;
  const guards = results.filter(isGuard).length;
  const lines = results.filter((result) => !isGuard(result)).map((result) => resultLine(result, exercise));
  return [
    ...(guards > 0
      ? [
          `${styleText("green", "ok")}      ${guards} ${guards === 1 ? "check" : "checks"} of earlier exercises`,
        ]
      : []),
    ...cutTo(lines, Math.max(2, guards > 0 ? room - 1 : room)),
  ];
}

function cutTo(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  const shown = lines.slice(0, Math.max(1, room - 1));
  return [...shown, `        … ${lines.length - shown.length} more lines: f shows all`];
}
