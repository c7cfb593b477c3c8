/** Speaking speed for which notes are written, in words a minute. */
export const wordsPerMinute = 130;

export interface Slide {
  /** Markdown that the audience sees. */
  readonly body: string;
  /** Markdown that the speaker says. */
  readonly notes: string;
}

export interface Lecture {
  /** 1 for L1. */
  readonly number: number;
  readonly title: string;
  /** How long it takes to say the notes, in minutes. */
  readonly minutes: number;
  /** The one sentence to go home with. */
  readonly message: string;
  /** The exercise that follows. */
  readonly exercise: number;
  readonly slides: readonly Slide[];
}

/**
 * Reads a lecture: a block of `name: value` lines between `---`, then slides in reveal.js's Markdown, where
 * a line `---` parts slides and a line `Note:` begins what the speaker says.
 * @param text the file L01.md, L02.md, …
 * @throws Error that names what is missing
 */
export function parseLecture(number: number, text: string): Lecture {
  const [, head, rest] = /^---\n(.*?)\n---\n(.*)$/s.exec(text.replaceAll("\r\n", "\n")) ?? [];
  if (head === undefined || rest === undefined) {
    throw new Error(`L${number}: expected title, minutes, message and exercise between two lines "---"`);
  }
  const fields = new Map(head.split("\n").map(nameAndValue));
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined || value === "") throw new Error(`L${number}: expected a line "${name}: …"`);
    return value;
  };
  return {
    number,
    title: field("title"),
    minutes: wholeNumber(number, "minutes", field("minutes")),
    message: field("message"),
    exercise: wholeNumber(number, "exercise", field("exercise")),
    slides: rest.split(/^---$/m).map(parseSlide),
  };
}

/** @returns how many words the speaker says; a code word such as `order.lines` is one */
export function spokenWords({ slides }: Lecture): number {
  const words = slides.flatMap(({ notes }) => notes.split(/\s+/));
  return words.filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function parseSlide(text: string): Slide {
  const [body = "", ...notes] = text.split(/^Note:$/m);
  return { body: body.trim(), notes: notes.join("\n").trim() };
}

function wholeNumber(lecture: number, name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`L${lecture}: ${name} is "${text}"; expected a whole number`);
}
