import { existsSync, readFileSync } from "node:fs";
import { styleText } from "node:util";
import type { CheckResult } from "../lab/index.ts";
import { placeOf } from "../states/tree.ts";
import type { Checked, Outcome } from "./check.ts";
import type { Crash } from "./crashes.ts";
import { wrap } from "./markdown.ts";
import { traceTable } from "./trace-table.ts";
import type { Workspace } from "./workspace.ts";

type Reader = Pick<Workspace, "place" | "shown" | "width">;

/** How a check went, on one line. */
export const resultLine = ({ name, passed, exercise }: Checked, current: number): string => {
  const guard = exercise === current ? "" : styleText("dim", ` (exercise ${exercise})`);
  return `${passed ? styleText("green", "ok    ") : styleText(["red", "bold"], "FAILED")}  ${name}${guard}`;
};

/** All that `check` prints of an outcome. */
export function report(outcome: Outcome, reader: Reader): string {
  const { exercise, title, passed, problems, results, notRun, crashes } = outcome;
  return [
    styleText("bold", `Exercise ${exercise}: ${title}`),
    "",
    ...editedNote(outcome, reader),
    ...(problems.length > 0 ? brokenApp(problems, reader) : []),
    ...(crashes.length > 0 ? crashed(crashes, reader) : []),
    ...results.flatMap((result) => [
      resultLine(result, exercise),
      ...(result.passed ? [] : failure(result, reader)),
    ]),
    ...notRun.map((name) => `not run ${name}`),
    "",
    ...(passed ? solved(exercise) : [countLine(outcome)]),
  ].join("\n");
}

export function countLine({ results, problems }: Outcome): string {
  if (problems.length > 0) return "nothing was checked: the app does not run yet";
  const failed = results.filter((result) => !result.passed).length;
  return `${results.length - failed} passed, ${failed} failed`;
}

/** The message, then what happened to each order. */
export function failure({ message = "", orders }: CheckResult, { width }: Pick<Reader, "width">): string[] {
  const indent = " ".repeat(8);
  const stories = orders.filter(({ trace }) => trace.length > 0);
  return [
    ...wrap(message, width - indent.length).map((line) => indent + styleText("bold", line)),
    ...stories.flatMap(({ trace }, index) => [
      `${indent}what happened${stories.length === 1 ? "" : ` to order ${index + 1}`}:`,
      ...traceTable(trace, width - indent.length - 2).map((line) => `${indent}  ${line}`),
    ]),
    "",
  ];
}

export function brokenApp(problems: readonly Crash[], reader: Reader): string[] {
  return ["The app does not run yet:", ...problems.flatMap((problem) => problemLines(problem, reader)), ""];
}

export function crashed(crashes: readonly Crash[], reader: Reader): string[] {
  return ["A handler throws:", ...crashes.flatMap((crash) => problemLines(crash, reader)), ""];
}

/** Where it is, what it is, and the line itself. */
function problemLines({ file, line, column, message }: Crash, { place, shown, width }: Reader): string[] {
  const path = placeOf(place.folder, file);
  const where = `${shown(path)}${line === undefined ? "" : `:${line}${column === undefined ? "" : `:${column}`}`}`;
  return [
    `  ${styleText("bold", where)}`,
    ...wrap(message, width - 4).map((text) => `    ${text}`),
    ...sourceLine(path, line, column).map((text) => `    ${text}`.slice(0, width)),
  ];
}

function sourceLine(path: string, line: number | undefined, column: number | undefined): string[] {
  if (line === undefined || !existsSync(path)) return [];
  const text = readFileSync(path, "utf8").split(/\r?\n/)[line - 1];
  if (text === undefined || text.trim() === "") return [];
  const pointer = column === undefined ? [] : [`${" ".repeat(`${line} | `.length + column - 1)}^`];
  return [`${line} | ${text}`, ...pointer];
}

/** Someone edits the workshop's files, and wonders why nothing changes. */
export function editedNote({ edited }: Outcome, { place, shown, width }: Reader): string[] {
  if (edited.length === 0) return [];
  const names = edited.slice(0, 5).map((path) => `  workshop/${path}`);
  const more = edited.length > 5 ? [`  and ${edited.length - 5} more`] : [];
  return [
    ...wrap(
      `Note: these files of the workshop have changed since the exercise was started. The exercises run the files in ${shown(place.folder)}: edit those.`,
      width,
    ),
    ...names,
    ...more,
    "",
  ];
}

const letters = [
  " ####   ###  #     #   # ##### ####  ",
  "#      #   # #     #   # #     #   # ",
  " ###   #   # #     #   # ####  #   # ",
  "    #  #   # #      # #  #     #   # ",
  "####    ###  #####   #   ##### ####  ",
];

/** To be read from the back row. */
export const solved = (exercise: number): string[] => [
  ...letters.map((line) =>
    styleText(["green", "bold"], `  ${line.replaceAll("#", "██").replaceAll(" ", "  ")}`.trimEnd()),
  ),
  "",
  `Exercise ${exercise} is solved: all checks pass.`,
];
