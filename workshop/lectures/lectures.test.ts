import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseLecture, spokenWords, wordsPerMinute } from "./lecture.ts";
import { fileOf, readLectures } from "./library.ts";

const here = import.meta.dirname;
const root = join(here, "../..");
const lectures = await readLectures();
const textOf = (number: number): string => readFileSync(join(here, fileOf(number)), "utf8");
const each = lectures.map((lecture) => ({ name: `L${lecture.number} ${lecture.title}`, lecture }));

/** Exercises that a text cites, as in "(exercise 4)". */
const cited = (text: string): number[] =>
  [...text.matchAll(/\(exercise (\d+)\)/g)].map(([, number]) => Number(number));
/** Where links and images lead, but for other sites. */
const targets = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target));
const drawings = (text: string): string[] => targets(text).filter((target) => target.endsWith(".svg"));

/** The files of the story's app, in any of its states: shared/addItem.ts, … */
const playground = new Set(
  ["workshop/app", ...globSync("workshop/steps/*/{start,solution}", { cwd: root })].flatMap((folder) =>
    globSync("{shared,functions,chaos}/**/*.ts", { cwd: join(root, folder) }).map((file) =>
      file.replaceAll("\\", "/"),
    ),
  ),
);
/** Code that a text names, as in `shared/addItem.ts` or `addItem.ts`, and that is nowhere. */
const lostCode = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+\.(?:ts|js|json)|[\w-]+(?:\/[\w-]+)+\/)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !playground.has(name) && !(name.includes("/") && existsSync(join(root, name))));

/** @returns what keeps a text from being well-formed XML, as far as tags and entities go */
function xmlProblem(text: string): string | undefined {
  const open: string[] = [];
  for (const [, content = "", tag] of text.matchAll(/([^<]*)(?:<([^>]*)>|$)/g)) {
    if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(content)) return `a bare & in "${content.trim()}"`;
    if (tag === undefined || tag.endsWith("/")) continue;
    const [, slash, name = ""] = /^(\/?)([\w:]+)(?:\s+[\w:-]+="[^"<]*")*\s*$/.exec(tag) ?? [];
    if (name === "") return `not understood: <${tag}>`;
    if (slash !== "/") open.push(name);
    else if (open.pop() !== name) return `</${name}> closes nothing`;
  }
  return open.length === 0 ? undefined : `<${open.join("> <")}> stays open`;
}

describe("the lectures", () => {
  it("are ten, in the order of the exercises that follow them", () => {
    expect(lectures.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lectures.map(({ exercise }) => exercise)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
  });

  it.each(each)("take their time: $name", ({ lecture }) => {
    const minutes = spokenWords(lecture) / wordsPerMinute;
    expect(lecture.minutes).toBeGreaterThanOrEqual(5);
    expect(lecture.minutes).toBeLessThanOrEqual(10);
    expect(minutes / lecture.minutes, `${spokenWords(lecture)} words`).toBeGreaterThanOrEqual(0.9);
    expect(minutes / lecture.minutes, `${spokenWords(lecture)} words`).toBeLessThanOrEqual(1.1);
  });

  it.each(each)(
    "begin with title and key message, and have something to say to each slide: $name",
    ({ lecture }) => {
      const { title, message, slides } = lecture;
      expect(slides[0]?.body).toBe(`# ${title}\n\n${message}`);
      expect(slides.filter(({ notes, body }) => notes === "" || !/^##? \S/.test(body))).toEqual([]);
    },
  );

  it.each(each)("give the exercise that shows a claim, three times or more: $name", ({ lecture }) => {
    const exercises = cited(textOf(lecture.number));
    expect(exercises.length).toBeGreaterThanOrEqual(3);
    expect(exercises.filter((exercise) => exercise < 1 || exercise > 18)).toEqual([]);
  });

  it.each(each)("have a drawing, and links and code that exist: $name", ({ lecture }) => {
    const text = textOf(lecture.number);
    expect(drawings(text)).not.toEqual([]);
    expect(targets(text).filter((target) => !existsSync(join(here, target)))).toEqual([]);
    expect(lostCode(text)).toEqual([]);
  });
});

describe("the drawings", () => {
  const files = readdirSync(join(here, "drawings"));
  const shown = lectures.flatMap(({ number }) => drawings(textOf(number)));

  it("are all shown", () => {
    expect(files.map((file) => `drawings/${file}`).sort()).toEqual([...new Set(shown)].sort());
  });

  it.each(files)("can be parsed, read from the back row, and told: %s", (file) => {
    const svg = readFileSync(join(here, "drawings", file), "utf8");
    expect(xmlProblem(svg)).toBeUndefined();
    expect(svg).toMatch(/<title id="title">[^<]{5,}<\/title>/);
    expect(svg).toMatch(/<desc id="desc">[^<]{40,}<\/desc>/);
    const sizes = [...svg.matchAll(/(\d+)px/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(22);
  });
});

describe("the checks of the lectures", () => {
  it("see what is wrong", () => {
    expect(cited("so (exercise 19), and exercise 3")).toEqual([19]);
    expect(targets("[a](b.md) ![c](d.svg) [e](https://f)")).toEqual(["b.md", "d.svg"]);
    expect(lostCode("`shared/addItem.ts` `shared/exactly-once/endpoint.ts` `shared/exactly-once/`")).toEqual(
      [],
    );
    expect(lostCode("`shared/noItem.ts` `endpoint.ts` `shared/none/`")).toEqual([
      "shared/noItem.ts",
      "endpoint.ts",
      "shared/none/",
    ]);
    expect(xmlProblem('<a b="c"><d/>&amp;</a>')).toBeUndefined();
    for (const text of ["<a><b></a>", "<a>", "<a>&</a>", "<a b=c></a>"])
      expect(xmlProblem(text)).toBeDefined();
  });
});

describe("parseLecture", () => {
  const head = "---\ntitle: T\nminutes: 5\nmessage: a: b\nexercise: 3\n---\n";

  it("parts slides, and what is shown from what is said", () => {
    const lecture = parseLecture(
      4,
      `${head}\n# T\n\nNote:\nSay \`it\` twice.\n\n---\n\n| a |\n|---|\n| b |\n`,
    );
    expect(lecture).toEqual({
      number: 4,
      title: "T",
      minutes: 5,
      message: "a: b",
      exercise: 3,
      slides: [
        { body: "# T", notes: "Say `it` twice." },
        { body: "| a |\n|---|\n| b |", notes: "" },
      ],
    });
    expect(spokenWords(lecture)).toBe(3);
  });

  it("names what is missing", () => {
    expect(() => parseLecture(4, "# T")).toThrow("L4: expected title, minutes, message and exercise between");
    expect(() => parseLecture(4, head.replace("title", "name"))).toThrow('L4: expected a line "title: …"');
    expect(() => parseLecture(4, head.replace("5", "five"))).toThrow(
      'L4: minutes is "five"; expected a whole',
    );
  });
});
