import { isServiceBusError } from "@azure/service-bus";
import { PermanentError, TransientError } from "../exactly-once/errors.ts";

/** What no waiting mends. An operator can mend all else: a missing entity or role, a full or disabled queue. */
export const isTooLarge = (error: unknown): boolean =>
  isServiceBusError(error) && error.code === "MessageSizeExceeded";

/** An error of the Service Bus SDK in the terms of the exactly-once contract. */
export function toContractError(doing: string, error: unknown): Error {
  const text = `${doing}: ${error instanceof Error ? error.message : String(error)}`;
  if (isTooLarge(error)) return new PermanentError(text, { cause: error });
  // What the SDK throws on wrong arguments can't be mended by trying again either.
  if (error instanceof TypeError || error instanceof RangeError)
    return new PermanentError(text, { cause: error });
  return new TransientError(text, { cause: error });
}
