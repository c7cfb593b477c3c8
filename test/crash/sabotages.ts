import { commit } from "./sabotages/commit.ts";
import type { BrokenRule } from "./sabotages/common.ts";
import { dispatch } from "./sabotages/dispatch.ts";
import { edges } from "./sabotages/edges.ts";
import { identity } from "./sabotages/identity.ts";
import { results } from "./sabotages/results.ts";

/** Every broken rule, in the order of the rules. */
export const brokenRules: readonly BrokenRule[] = [
  ...identity,
  ...commit,
  ...results,
  ...dispatch,
  ...edges,
].sort((a, b) => a.rule - b.rule);
