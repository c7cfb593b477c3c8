import type { TraceStep } from "../lab/trace.ts";
import { type Row, withoutRepeats } from "./repeats.ts";

/**
 * What happened to one order, a line for each step: who, what, which message. Messages of one id have one number.
 * @param width of a line at most; what is longer is cut
 */
export function traceTable(steps: readonly TraceStep[], width: number): readonly string[] {
  const numberOf = numbering();
  const rows = withoutRepeats(
    steps.filter((step) => !isImplied(step, steps)).map((step) => ({ step, ...rowOf(step, numberOf) })),
  );
  const columns = { who: widest(rows.map(({ who }) => who)), what: widest(rows.map(({ what }) => what)) };
  return rows.map((row) => lineOf(row, columns, width));
}

/**
 * @param width of the terminal: a document is cut to it, everything else is told whole
 * @returns what tells steps as they happen, each with its order
 */
export function liveTrace(width: () => number): (step: TraceStep) => string {
  const numberOf = numbering();
  const columns = { who: "Marketing".length, what: "can't complete".length };
  return (step) => {
    const order = step.orderId.padEnd(8);
    const room = step.kind === "stored" ? width() - order.length - 2 : Number.POSITIVE_INFINITY;
    return `${order}  ${lineOf(rowOf(step, numberOf), columns, room)}`;
  };
}

function lineOf({ who, what, detail }: Row, columns: { who: number; what: number }, width: number): string {
  return cut(`${who.padEnd(columns.who)}  ${what.padEnd(columns.what)}  ${detail}`.trimEnd(), width);
}

/** Ids are long: the first one that is seen is #1. */
function numbering(): (messageId: string) => string {
  const numbers = new Map<string, number>();
  return (messageId) => {
    if (!numbers.has(messageId)) numbers.set(messageId, numbers.size + 1);
    return `#${numbers.get(messageId)}`;
  };
}

/** What was completed was handled before: one line of the two will do. */
const isImplied = (step: TraceStep, steps: readonly TraceStep[]): boolean =>
  step.kind === "handled" &&
  steps.some(
    (other) =>
      other.kind === "settled" &&
      other.to === step.to &&
      other.messageId === step.messageId &&
      other.copy === step.copy &&
      other.delivery === step.delivery,
  );

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;

function rowOf(step: TraceStep, numberOf: (messageId: string) => string): Row {
  switch (step.kind) {
    case "sent":
      return { who: capital(step.by), what: "sends", detail: message(step, numberOf) };
    case "notSent":
      return {
        who: capital(step.by),
        what: "can't send",
        detail: `${message(step, numberOf)}: ${step.error}`,
      };
    case "stored":
      return { who: "store", what: "has", detail: `${step.container}: ${fields(step.document)}` };
    case "removed":
      return { who: "store", what: "removes", detail: `${step.container}: ${step.id}` };
    case "notStored":
      return { who: "store", what: "refuses", detail: `${step.container}: ${step.error}` };
    case "fault": {
      const of = step.messageId === undefined ? "" : ` ${step.type ?? "message"} ${numberOf(step.messageId)}`;
      return { who: "FAULT", what: step.fault, detail: `"${step.rule}" at ${step.at}${of}` };
    }
    default:
      return { who: capital(step.to), what: deeds[step.kind], detail: delivery(step, numberOf) };
  }
}

type Delivery = Extract<TraceStep, { delivery: number }>;

const deeds: Readonly<Record<Delivery["kind"], string>> = {
  delivered: "gets",
  handled: "has handled",
  failed: "fails at",
  settled: "completes",
  notSettled: "can't complete",
  givenBack: "gives back",
  lockLost: "loses lock of",
  deadLettered: "gives up",
};

function delivery(step: Delivery, numberOf: (messageId: string) => string): string {
  const which = [
    ...(step.copy > 1 ? [`copy ${step.copy}`] : []),
    ...(step.delivery > 1 ? [`delivery ${step.delivery}`] : []),
  ];
  const why = "error" in step ? `: ${step.error}` : "reason" in step ? `: ${step.reason}` : "";
  return `${message(step, numberOf)}${which.length === 0 ? "" : ` (${which.join(", ")})`}${why}`;
}

function message(
  { type, filling, messageId }: { type: string; filling?: string; messageId: string },
  numberOf: (messageId: string) => string,
): string {
  return `${type}${filling === undefined ? "" : ` ${filling}`} ${numberOf(messageId)}`;
}

/** A document's fields without those that say whose it is. */
function fields(document: Readonly<Record<string, unknown>>): string {
  return Object.entries(document)
    .filter(([name]) => name !== "id" && name !== "orderId")
    .map(([name, value]) => `${name} ${shownValue(value)}`)
    .join(", ");
}

function shownValue(value: unknown): string {
  return Array.isArray(value) && value.every((element) => typeof element === "string")
    ? `[${value.join(", ")}]`
    : JSON.stringify(value);
}

const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
