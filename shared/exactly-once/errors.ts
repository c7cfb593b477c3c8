/** Trying again may help: unreachable, timed out, throttled, deadlocked. The outcome of a write is unknown. */
export class TransientError extends Error {
  /** What the other side asked to wait, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: ErrorOptions & { retryAfter?: number | undefined } = {}) {
    super(message, options);
    this.name = "TransientError";
    this.retryAfter = options.retryAfter;
  }
}

/** Trying the same again can't help; somebody has to change something. */
export class PermanentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PermanentError";
  }
}
