/**
 * What kind of error it is, as `error.type`: the number or code that the service gave, such as "429" or "1205", else
 * the error's class. An SDK's error is the cause of ours.
 */
export function errorType(error: unknown): string {
  for (let each = error, depth = 0; isObject(each) && depth < 5; each = each["cause"], depth++) {
    // SQL Server's number says more than its driver's code "EREQUEST".
    for (const key of ["number", "code"]) {
      const value = each[key];
      if (typeof value === "number" || (typeof value === "string" && value !== "")) return String(value);
    }
  }
  return error instanceof Error ? error.name : "_OTHER";
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
