import { z } from "zod";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/**
 * Counts what vitest's JSON report says.
 * @param exitCode vitest's own: a failure that no test shows (an unhandled error, no report) counts as one
 */
export function countTests(report: unknown, exitCode: number): Counts {
  const parsed = Report.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = parsed.data;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + brokenFiles;
  return {
    passed: numPassedTests,
    failed: exitCode === 0 ? failed : Math.max(1, failed),
    skipped: numPendingTests + numTodoTests,
  };
}

export const summary = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;

/** @returns the exit code; where nothing may be left out, a skipped test fails the run, as do no tests at all */
export const verdict = ({ passed, failed, skipped }: Counts, complete: boolean): number =>
  failed > 0 || passed === 0 || (complete && skipped > 0) ? 1 : 0;
