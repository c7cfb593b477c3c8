import { isServiceBusError } from "@azure/service-bus";
import { PermanentError, TransientError } from "../exactly-once/errors.ts";

/**
 * Codes of the SDK that no waiting mends. Everything else is tried again: a full or disabled entity, which an
 * operator opens again, included.
 */
const permanent: ReadonlySet<string> = new Set([
  "MessagingEntityNotFound",
  "MessageSizeExceeded",
  "UnauthorizedAccess",
  "MessagingEntityAlreadyExists",
]);

/** An error of the Service Bus SDK in the terms of the exactly-once contract. */
export function toContractError(doing: string, error: unknown): Error {
  const text = `${doing}: ${error instanceof Error ? error.message : String(error)}`;
  if (isServiceBusError(error) && permanent.has(error.code))
    return new PermanentError(text, { cause: error });
  // What the SDK throws on wrong arguments can't be mended by trying again either.
  if (error instanceof TypeError || error instanceof RangeError)
    return new PermanentError(text, { cause: error });
  return new TransientError(text, { cause: error });
}
