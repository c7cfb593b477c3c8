/** What is asked for in one run. Small, so that all pairs of faults can be tried. */
export const loads = [
  /** The first item of an order, of whose command an operator also replays a dead copy. */
  "add",
  /** A submitted order, worth a coupon, beside the first item of another order of the same customer. */
  "submit and add",
  /** Two payments of one customer are cancelled. Billing knows only one of them: of the other nothing ever changes. */
  "cancel",
  /** A message of nobody's, and one from the future. */
  "stopped",
] as const;

export type Load = (typeof loads)[number];

export type Mode = "fence" | "deadline" | "deadline alone";

/** A situation in which schedules are played. */
export interface Variant {
  /** "deadline alone": nothing of what only the fence needs (7). */
  readonly mode: Mode;
  /** How what an endpoint did not send itself gets sent. */
  readonly path: "inline" | "feed" | "sweep";
  readonly entry: "message" | "http";
  readonly instances: 1 | 2;
  readonly load: Load;
}
