import type { Catch, Outcome } from "./outcome.ts";

/** Between these lines of the README stands the table. */
export const marks = [
  "<!-- sabotages: npx pierogi sabotage --readme -->",
  "<!-- end of the sabotages -->",
] as const;

const head = ["Rule", "Broken", "Caught by", "Schedules", "The first with the fewest faults"];

/** The table as the README shows it. */
export const tableOf = (outcomes: readonly Outcome[]): string =>
  [head, head.map(() => "---"), ...outcomes.map(cellsOf)]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** Rule, what is broken, caught by: what must be up to date in the README. */
export const claimOf = (outcome: Outcome): string => cellsOf(outcome).slice(0, 3).join(" | ");

function cellsOf({ rule, what, catches, isCaught }: Outcome): string[] {
  const by = isCaught ? catchersOf(catches) : "nobody";
  const schedules = catches.map((one) => (one.by === "start" ? "" : one.schedules.toLocaleString("en-US")));
  return [String(rule), what, by, schedules.join("; "), catches[0]?.schedule.replaceAll("|", "\\|") ?? ""];
}

/** Such as "crash matrix (fence; deadline): no ghost". */
function catchersOf(catches: readonly Catch[]): string {
  const by = catches[0]?.by ?? "";
  const noticed = new Set(catches.map((one) => one.noticed ?? ""));
  return `${by} (${catches.map(({ where }) => where).join("; ")}): ${[...noticed].join("; ")}`;
}

/** The README with another table in it. @throws Error when the marks are missing */
export function withTable(readme: string, table: string): string {
  const [before, rest] = readme.split(marks[0]);
  const after = rest?.split(marks[1])[1];
  if (before === undefined || after === undefined)
    throw new Error(`README.md must have the lines ${marks.join(" and ")}`);
  return `${before}${marks[0]}\n\n${table}\n\n${marks[1]}${after}`;
}

/** The claims that a README makes: its table's first columns, row by row. */
export function claimsIn(readme: string): string[] {
  const [, rest = ""] = readme.split(marks[0]);
  const rows = (rest.split(marks[1])[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) => row.slice(2).split(" | ").slice(0, 3).join(" | "));
}
