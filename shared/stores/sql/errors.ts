import { PermanentError, TransientError } from "../../exactly-once/errors.ts";

/** The data of this one message break a rule of a table: no repetition mends that. By SQL Server's error number. */
const refusals: Readonly<Record<number, string>> = {
  220: "a number is too large for its column",
  241: "a text is no date",
  242: "a date is out of range",
  245: "a text is no number",
  515: "a column must not be NULL",
  547: "a constraint is violated",
  2601: "a key of a unique index is there already",
  2627: "a key is there already",
  2628: "a text is too long for its column",
  8114: "a value has another type than its column",
  8115: "a number is too large for its column",
  8152: "a text is too long for its column",
};

/** What may be known of an error that is not the data's, by SQL Server's number or the driver's code. */
const explanations: Readonly<Record<string, string>> = {
  1205: "chosen as the victim of a deadlock, nothing was applied",
  1222: "waited too long for a lock, nothing was applied",
  3960: "another transaction changed the row meanwhile, nothing was applied",
  208: "a table is missing: run the migrations",
  229: "the permission is missing",
  18456: "the login failed",
  40501: "the service is busy",
  ETIMEOUT: "no answer in time: the outcome is unknown",
  ESOCKET: "the connection was lost: the outcome is unknown",
  ECONNCLOSED: "the connection was closed: the outcome is unknown",
};

/** How long the service asks to wait, in milliseconds ("Troubleshoot common connection issues to Azure SQL"). */
const retryAfter: Readonly<Record<number, number>> = { 40501: 10_000 };

/** What the errors of the driver have in common. */
interface Failure {
  /** SQL Server's error number. */
  readonly number?: number;
  /** The driver's own. */
  readonly code?: string;
  readonly message?: string;
}

/**
 * An error of the driver in the terms of the contract. Only what a message's own data cause is permanent: a missing
 * table or permission is an operator's to mend, and until then no message may run out of deliveries. After any other
 * error the outcome of a write counts as unknown, also where it is known that nothing was applied: to read what is
 * stored costs one round trip more, and is never wrong.
 */
export function toContractError(doing: string, error: unknown): Error {
  const { number, code, message }: Failure = typeof error === "object" && error !== null ? error : {};
  const key = number ?? code;
  const known = key === undefined ? undefined : (refusals[Number(key)] ?? explanations[key]);
  const text = `${doing}${key === undefined ? "" : ` (${key})`}: ${known === undefined ? "" : `${known}: `}${firstLine(message ?? String(error))}`;
  if (number !== undefined && number in refusals) return new PermanentError(text, { cause: error });
  const wait = number === undefined ? undefined : retryAfter[number];
  return new TransientError(text, { cause: error, retryAfter: wait });
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
