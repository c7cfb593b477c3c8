import type { Finding } from "./explore.ts";
import { faults } from "./faults.ts";

/** A finding in one sentence: what went wrong on the way, and how it ended. */
export function storyOf({ plan, trace, violations }: Finding): string {
  const events = [...plan].map(([step, kind]) => faults[kind].replace("{}", nameOf(trace[step] ?? "")));
  const end = violations[0]?.text ?? "";
  return `${events.length === 0 ? "without any fault" : events.join("; then ")}: ${shortened(end)}`;
}

/** A step of a trace, such as "A orders AddItem: commit !refused", as part of a sentence. */
function nameOf(step: string): string {
  const [, instance = "", where = "", what = ""] = /^(\S+) (.*?): (.*?)( !.*)?$/.exec(step) ?? [];
  const [place = "", type] = where.split(" ");
  return `"${what}" of ${place}${type === undefined ? "" : ` for ${type}`} (${instance})`;
}

const shortened = (text: string): string => (text.length > 160 ? `${text.slice(0, 160)} …` : text);
