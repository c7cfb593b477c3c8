import type { errors } from "../../faults/index.ts";
import { CONDITIONS, type Condition, WireError } from "./conditions.ts";

interface Refusal extends Condition {
  readonly text: (entity: string) => string;
}

/** The errors that a fault plan can name, as Azure tells them. */
const REFUSALS: Readonly<Record<(typeof errors.serviceBus)[number], Refusal>> = {
  ServerBusy: {
    condition: "com.microsoft:server-busy",
    status: 503,
    text: () =>
      "The request was terminated because the namespace is being throttled. Error code : 50009. Please wait 2 seconds and try again.",
  },
  EntityDisabled: {
    condition: "com.microsoft:entity-disabled",
    status: 400,
    text: (entity) => `Messaging entity '${entity}' is currently disabled.`,
  },
  MessageSizeExceeded: {
    condition: "amqp:link:message-size-exceeded",
    status: 403,
    text: (entity) => `The received message exceeds the limit of '${entity}'.`,
  },
  QuotaExceeded: {
    condition: "amqp:resource-limit-exceeded",
    status: 403,
    text: (entity) => `The maximum entity size has been reached or exceeded for '${entity}'.`,
  },
  MessageLockLost: {
    ...CONDITIONS["message-lock-lost"],
    text: (entity) =>
      `The lock supplied is invalid: the lock of the message in '${entity}' expired, or the message was settled before.`,
  },
  SessionLockLost: {
    ...CONDITIONS["session-lock-lost"],
    text: (entity) => `The session lock of a message in '${entity}' was lost.`,
  },
  Timeout: {
    ...CONDITIONS.timeout,
    text: (entity) => `The operation on '${entity}' did not complete within the allotted time.`,
  },
  NotFound: {
    ...CONDITIONS["entity-not-found"],
    text: (entity) => `The messaging entity '${entity}' could not be found.`,
  },
  Unauthorized: {
    condition: "amqp:unauthorized-access",
    status: 401,
    text: (entity) => `Unauthorized access. A claim for '${entity}' is required to perform this operation.`,
  },
  InternalError: {
    condition: "amqp:internal-error",
    status: 500,
    text: () => "The service was unable to process the request; please retry the operation.",
  },
};

/** The error of this name, as a client is told it. */
export function refusalOf(name: string | number, entity = ""): Error {
  const found = Object.entries(REFUSALS).find(([known]) => known === name);
  if (found === undefined) return new Error(`Service Bus has no error '${name}'.`);
  const [, { condition, status, text }] = found;
  return new WireError(condition, status, text(entity));
}
