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

/** @returns why not a single test ran; undefined if one did, or if a test file could not be loaded */
export function whyNothingRan(report: unknown, exitCode: number): string | undefined {
  const parsed = Report.safeParse(report);
  if (!parsed.success) {
    return `no test ran: vitest ended with exit code ${exitCode} before that; what it says is above (options: \`npx pierogi help test\`)`;
  }
  const { passed, failed, skipped } = countTests(report, 0);
  if (passed + failed > 0) return undefined;
  if (parsed.data.testResults.length === 0) {
    return "no test ran: no test file's path contains what was asked for";
  }
  return `no test ran: ${skipped} were left out, since no name matches -t or all are marked to be skipped`;
}

export const summary = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;

/** @returns the exit code; where nothing may be left out, a skipped test fails the run, as do no tests at all */
export const verdict = ({ passed, failed, skipped }: Counts, complete: boolean): number =>
  failed > 0 || passed === 0 || (complete && skipped > 0) ? 1 : 0;
