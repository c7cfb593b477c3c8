import { DATE_FUNCTIONS } from "./dates.ts";
import type { FunctionDefinition } from "./definition.ts";
import { NUMERIC_FUNCTIONS } from "./numeric.ts";
import { OTHER_FUNCTIONS } from "./other.ts";
import { TEXT_FUNCTIONS } from "./text.ts";

/** All scalar functions by upper-case name. */
export const FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  ...TEXT_FUNCTIONS,
  ...NUMERIC_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...OTHER_FUNCTIONS,
};
