import { describe, expect, it } from "vitest";
import { countTests, summary, verdict, whyNothingRan } from "./test-report.ts";

const report = (passed: number, failed: number, skipped = 0, testResults: object[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numTodoTests: 0,
  testResults,
});

describe("test report", () => {
  it("says what vitest counted", () => {
    expect(summary(countTests(report(12, 0), 0))).toBe("12 passed, 0 failed");
    expect(summary(countTests(report(12, 3, 1), 1))).toBe("12 passed, 3 failed, 1 skipped");
  });

  it("counts a file that could not be loaded as a failure", () => {
    const broken = { status: "failed", assertionResults: [] };
    const ordinary = { status: "failed", assertionResults: [{}] };
    expect(countTests(report(5, 1, 0, [broken, ordinary]), 1).failed).toBe(2);
  });

  it("never says 0 failed when vitest failed or left no report", () => {
    expect(summary(countTests(report(5, 0), 1))).toBe("5 passed, 1 failed");
    expect(summary(countTests(undefined, 0))).toBe("0 passed, 1 failed");
  });

  it("says why nothing ran", () => {
    const file = { status: "passed", assertionResults: [{}] };
    expect(whyNothingRan(report(1, 0, 0, [file]), 0)).toBeUndefined();
    expect(whyNothingRan(report(0, 0, 0, [{ status: "failed", assertionResults: [] }]), 1)).toBeUndefined();
    expect(whyNothingRan(report(0, 0), 1)).toMatch(/no test file's path/);
    expect(whyNothingRan(report(0, 0, 6, [file]), 0)).toMatch(/6 were left out, since no name matches -t/);
    expect(whyNothingRan(undefined, 1)).toMatch(/exit code 1 before that/);
  });

  it("fails a run with failures, without tests, or with skipped ones where all must run", () => {
    expect(verdict({ passed: 5, failed: 0, skipped: 1 }, false)).toBe(0);
    expect(verdict({ passed: 5, failed: 0, skipped: 1 }, true)).toBe(1);
    expect(verdict({ passed: 5, failed: 1, skipped: 0 }, false)).toBe(1);
    expect(verdict({ passed: 0, failed: 0, skipped: 0 }, false)).toBe(1);
  });
});
