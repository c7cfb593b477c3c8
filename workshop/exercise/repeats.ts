import type { TraceStep } from "../lab/trace.ts";

export interface Row {
  readonly who: string;
  readonly what: string;
  readonly detail: string;
}

interface TracedRow extends Row {
  readonly step: TraceStep;
}

/** How many equal deliveries in a row are told each; of more than that, the first two. */
const toldEach = 3;
const toldOfMore = 2;

/** Ten deliveries that all fail alike are no ten stories: the last ones of a run of equal ones become one row. */
export function withoutRepeats(rows: readonly TracedRow[]): readonly Row[] {
  return runsOf(deliveriesOf(rows)).flatMap((run) => {
    const [first, last] = [run[toldOfMore]?.[0], run.at(-1)?.[0]];
    if (run.length <= toldEach || first === undefined || last === undefined) return run.flat();
    return [...run.slice(0, toldOfMore).flat(), likewise(first, last)];
  });
}

function likewise({ who, what, step: first }: TracedRow, { step: last }: TracedRow): Row {
  return { who, what, detail: `deliveries ${numberIn(first)} to ${numberIn(last)} likewise` };
}

/** Cuts rows where a delivery begins; what comes before the first one is a part of its own. */
function deliveriesOf(rows: readonly TracedRow[]): readonly (readonly TracedRow[])[] {
  const parts: TracedRow[][] = [];
  for (const row of rows) {
    if (row.step.kind === "delivered" || parts.length === 0) parts.push([]);
    parts.at(-1)?.push(row);
  }
  return parts;
}

/** Puts neighbours together that are the next delivery of the same message, with the same outcome. */
function runsOf(parts: readonly (readonly TracedRow[])[]): readonly (readonly TracedRow[])[][] {
  const runs: (readonly TracedRow[])[][] = [];
  for (const part of parts) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && isLikewise(before, part)) run.push(part);
    else runs.push([part]);
  }
  return runs;
}

function isLikewise(before: readonly TracedRow[], part: readonly TracedRow[]): boolean {
  const [one, other] = [before[0], part[0]];
  return (
    one !== undefined &&
    other !== undefined &&
    one.step.kind === "delivered" &&
    other.step.kind === "delivered" &&
    numberIn(other.step) === Number(numberIn(one.step)) + 1 &&
    textOf(before) === textOf(part)
  );
}

const numberIn = (step: TraceStep): number | undefined => ("delivery" in step ? step.delivery : undefined);

/** What the rows say, but for the number of the delivery. */
const textOf = (rows: readonly TracedRow[]): string =>
  rows
    .map(({ who, what, detail, step }) => {
      const number = numberIn(step);
      const same = detail.replace(`, delivery ${number})`, ")").replace(` (delivery ${number})`, "");
      return `${who} ${what} ${same}`;
    })
    .join("\n");
