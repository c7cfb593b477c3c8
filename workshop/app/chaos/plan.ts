import type { RuleInput } from "@pierogi/faults";

/** What goes wrong, on purpose. You write it from exercise 2 on; nothing goes wrong by itself. */
export const rules: readonly RuleInput[] = [];
