import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const read = (...path: readonly string[]): string => readFileSync(join(import.meta.dirname, ...path), "utf8");
const guide = read("GUIDE.md");

interface Row {
  /** Minutes since the beginning. */
  readonly begins: number;
  readonly part: string;
  readonly kind: string;
  readonly minutes: number;
}

/** Rows of the form `| 0:12 | Part | kind | 8 |`. */
const rowsOf = (section: string): Row[] =>
  [...section.matchAll(/^\| (\d+):(\d\d) \| (.+) \| (\w+) \| (\d+) \|$/gm)].map(
    ([, hours, minutes, part = "", kind = "", lasts]) => ({
      begins: Number(hours) * 60 + Number(minutes),
      part,
      kind,
      minutes: Number(lasts),
    }),
  );

const sum = (rows: readonly Row[]): number => rows.reduce((total, { minutes }) => total + minutes, 0);

const section = (title: string): string =>
  guide.split(/^#{2,3} /m).find((part) => part.startsWith(`${title}\n`)) ?? "";

interface Unit {
  readonly title: string;
  readonly minutes: number;
}

const numbers = Array.from({ length: 10 }, (_, index) => String(index + 1).padStart(2, "0"));
const first = (pattern: RegExp, text: string): string => pattern.exec(text)?.[1] ?? "";

/** What each says about itself. */
const exercises: readonly Unit[] = numbers.map((number) => {
  const text = read("steps", number, "README.md");
  return {
    title: first(/^# Exercise \d+: (.+)$/m, text),
    minutes: Number(first(/^(\d+) minutes\./m, text)),
  };
});
const lectures: readonly Unit[] = numbers.map((number) => {
  const text = read("lectures", `L${number}.md`);
  return { title: first(/^title: (.+)$/m, text), minutes: Number(first(/^minutes: (\d+)$/m, text)) };
});
const gameMinutes = 12;

const agendas = [
  { title: "Half a day", total: 240, does: [1, 3, 4, 7] },
  { title: "One day", total: 470, does: [1, 2, 3, 4, 5, 7, 10] },
  { title: "Two days: the first", total: 420, does: [1, 2, 3, 4, 5, 6, 7] },
  { title: "Two days: the second", total: 420, does: [8, 9, 10] },
];

describe.each(agendas)("the agenda of $title", ({ title, total, does }) => {
  const text = section(title);
  const rows = rowsOf(text);

  it("lets each part begin when the one before ends", () => {
    expect(rows.map(({ begins }) => begins)).toEqual(rows.map((_, index) => sum(rows.slice(0, index))));
  });

  it("has every line of its table in the sum", () => {
    expect(rows).toHaveLength((text.match(/^\| \d/gm) ?? []).length);
    expect(sum(rows)).toBe(total);
  });

  it("states what its rows add up to", () => {
    const [, stated, kinds = ""] = /^Total (\d+): (.+)\.$/m.exec(text) ?? [];
    expect(Number(stated)).toBe(total);
    const byKind = Object.fromEntries(
      kinds
        .split(", ")
        .map((each) => each.split(" "))
        .map(([kind = "", minutes]) => [kind, Number(minutes)]),
    );
    const all = new Set(rows.map(({ kind }) => kind));
    expect(byKind).toEqual(
      Object.fromEntries([...all].map((kind) => [kind, sum(rows.filter((row) => row.kind === kind))])),
    );
  });

  it("keeps a tenth in reserve", () => {
    expect(sum(rows.filter(({ kind }) => kind === "reserve"))).toBeGreaterThanOrEqual(total / 10);
  });

  it("gives exercises, lectures and games their time, in order", () => {
    const numbered = (kind: string, pattern: RegExp) =>
      rows
        .filter((row) => row.kind === kind)
        .map(({ part, minutes }) => {
          const [, number, title] = pattern.exec(part) ?? [];
          return { number: Number(number), title, minutes };
        });
    const done = numbered("exercise", /^Exercise (\d+) (.+)$/);
    expect(done).toEqual(does.map((number) => ({ number, ...exercises[number - 1] })));
    const heard = numbered("lecture", /^L(\d+) (.+)$/);
    expect(heard).toEqual(heard.map(({ number }) => ({ number, ...lectures[number - 1] })));
    for (const { minutes } of numbered("game", /^G(\d) (.+)$/)) expect(minutes).toBe(gameMinutes);
  });
});

it("both days together hold everything", () => {
  const both = [...rowsOf(section("Two days: the first")), ...rowsOf(section("Two days: the second"))];
  const of = (kind: string) =>
    both.filter((row) => row.kind === kind).map(({ part }) => part.split(" ", 1)[0]);
  expect(of("lecture")).toEqual(lectures.map((_, index) => `L${index + 1}`));
  expect(of("game")).toEqual(["G1", "G2", "G3", "G4", "G5", "G6", "G7"]);
});

it("each of the ten questions has the expected answer and wrong ones", () => {
  const answers = section("Questions to discuss");
  expect(answers).not.toBe("");
  for (const number of exercises.keys()) {
    const answer = guide.split(/^### /m).find((part) => part.startsWith(`${number + 1}: `)) ?? "";
    expect(answer).toContain("**Expected.**");
    expect(answer.match(/^- \*"/gm)?.length ?? 0).toBeGreaterThanOrEqual(3);
  }
});
