/** What came of one check. */
export type Verdict =
  | { readonly status: "ok"; readonly found: string }
  | {
      readonly status: "failed";
      readonly expected: string;
      readonly found: string;
      /** What its reader can do, as a sentence or command. */
      readonly repair: string;
    }
  /** Not looked at, since a check before it failed. */
  | { readonly status: "skipped"; readonly found: string };

export type Check = { readonly name: string } & Verdict;

export const ok = (found: string): Verdict => ({ status: "ok", found });
export const failed = (expected: string, found: string, repair: string): Verdict => ({
  status: "failed",
  expected,
  found,
  repair,
});

/** A check as one line. */
export function line(check: Check): string {
  const { name, status, found } = check;
  const begin = `${{ ok: "ok     ", failed: "FAILED ", skipped: "skipped" }[status]} ${name}: `;
  return check.status === "failed"
    ? `${begin}expected ${check.expected}; found ${found}. Repair: ${check.repair}`
    : `${begin}${found}`;
}

/** The last line: whether the workshop can begin. */
export function summary(checks: readonly Check[]): string {
  const count = (status: Check["status"]): number => checks.filter((check) => check.status === status).length;
  if (count("failed") === 0) return `${count("ok")} of ${checks.length} ok: this machine is ready`;
  return `${count("failed")} of ${checks.length} failed: mend the first one, then run the doctor again`;
}
