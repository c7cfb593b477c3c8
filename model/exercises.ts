import { production, type Rules } from "./rules.ts";

/** The rules of the workshop's program before the first exercise, and after those that change one of them. */
export const atStart: Rules = {
  ...production,
  order: "publish first",
  check: "none",
  copies: "return",
  ids: "random",
  content: "recomputed",
  reads: "together",
  receiver: "state",
  handlers: 1,
  sessions: "none",
  olderFirst: false,
  sweeper: false,
};
export const after1: Rules = { ...atStart, check: "state" };
export const after3: Rules = { ...after1, order: "save first" };
export const after4: Rules = { ...after3, copies: "publish" };
