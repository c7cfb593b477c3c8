/** Why the broker refused; the wire's table (`amqp/conditions.ts`) says how each is told to a client. */
export type Refusal =
  | "entity-not-found"
  | "invalid-operation"
  | "message-lock-lost"
  | "message-not-found"
  | "session-lock-lost"
  | "session-cannot-be-locked"
  | "timeout";

export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

export const notFound = (address: string): BrokerError =>
  new BrokerError("entity-not-found", `The messaging entity '${address}' could not be found.`);
