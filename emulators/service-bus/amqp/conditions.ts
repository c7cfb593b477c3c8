import { BrokerError, type Refusal } from "../broker/errors.ts";
import { TokenError } from "./sas.ts";
import { MalformedError } from "./walk.ts";

/** How a refusal is told: on links by its condition, in management answers by status code and condition. */
export interface Condition {
  readonly condition: string;
  readonly status: number;
}

export const CONDITIONS: Readonly<Record<Refusal, Condition>> = {
  "entity-not-found": { condition: "amqp:not-found", status: 404 },
  "invalid-operation": { condition: "amqp:not-allowed", status: 400 },
  "message-lock-lost": { condition: "com.microsoft:message-lock-lost", status: 410 },
  "message-not-found": { condition: "com.microsoft:message-not-found", status: 404 },
  "session-lock-lost": { condition: "com.microsoft:session-lock-lost", status: 410 },
  "session-cannot-be-locked": { condition: "com.microsoft:session-cannot-be-locked", status: 410 },
  timeout: { condition: "com.microsoft:timeout", status: 408 },
};

/** An error of the wire itself, with the condition that tells it. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly condition: string;
  readonly status: number;

  constructor(condition: string, status: number, message: string) {
    super(message);
    this.condition = condition;
    this.status = status;
  }
}

export interface AmqpFault extends Condition {
  readonly description: string;
}

/** Any error as the client is told it. An unexpected one is told as what it is: a fault of this server. */
export function faultOf(error: unknown): AmqpFault {
  if (error instanceof BrokerError) return { ...CONDITIONS[error.refusal], description: error.message };
  if (error instanceof WireError)
    return { condition: error.condition, status: error.status, description: error.message };
  if (error instanceof TokenError) {
    return { condition: "amqp:unauthorized-access", status: error.status, description: error.message };
  }
  if (error instanceof MalformedError)
    return { condition: "amqp:decode-error", status: 400, description: error.message };
  return {
    condition: "amqp:internal-error",
    status: 500,
    description: error instanceof Error ? error.message : String(error),
  };
}
