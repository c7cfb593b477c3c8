import { describe, expect, it } from "vitest";
import { explore, variantsOf } from "./explore.ts";
import { brokenRules } from "./sabotages.ts";

/** The matrix is worth what it catches: each broken rule must show in some schedule. */
describe("the crash matrix notices a broken rule:", () => {
  it.each(brokenRules)(
    "rule $rule, $what",
    { timeout: 600_000 },
    async ({ sabotage, modes = ["fence", "deadline"] }) => {
      for (const mode of modes) {
        let schedules = 0;
        let caught = false;
        for (const variant of variantsOf(mode)) {
          const { distinct, violations } = await explore(
            variant,
            { pairs: 50, triples: 0, seed: 7, enough: 1 },
            sabotage,
          );
          schedules += distinct;
          caught = violations.length > 0;
          if (caught) break;
        }
        expect({ mode, schedules, caught }).toEqual({ mode, schedules, caught: true });
      }
    },
  );
});
