import { PermanentError, TransientError } from "../../exactly-once/errors.ts";

/** Statuses of a write that Cosmos DB will refuse however often it is tried. */
const refusals: ReadonlySet<number> = new Set([400, 413]);

export const isRefusal = (status: number): boolean => refusals.has(status);

/** What the SDK's errors and responses have in common. */
interface Failure {
  readonly code?: number | string;
  readonly substatus?: number;
  readonly message?: string;
  readonly retryAfterInMs?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export const statusOf = (error: unknown): number | undefined => {
  const { code } = failureOf(error);
  return typeof code === "number" ? code : undefined;
};

/** What the failed request cost, in request units. */
export const chargeOf = (error: unknown): number =>
  Number(failureOf(error).headers?.["x-ms-request-charge"] ?? 0);

/**
 * An error of the Cosmos SDK in the terms of the contract. Only a malformed or too large request is permanent:
 * a missing container or role is an operator's to mend, and until then no message may run out of deliveries.
 */
export function toContractError(doing: string, error: unknown): Error {
  const { code, substatus, message, retryAfterInMs } = failureOf(error);
  const status = code === undefined ? "" : ` (${code}${substatus === undefined ? "" : `/${substatus}`})`;
  const text = `${doing}${status}: ${firstLine(message ?? String(error))}`;
  if (typeof code === "number" && isRefusal(code)) return new PermanentError(text, { cause: error });
  return new TransientError(text, { cause: error, retryAfter: retryAfterInMs });
}

/** A batch's errors come wrapped, with the status in their cause. */
function failureOf(error: unknown): Failure {
  if (typeof error !== "object" || error === null) return {};
  if (!("code" in error) && "cause" in error && typeof error.cause === "object")
    return failureOf(error.cause);
  return error;
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
