/** Knows whether anything is still to be done: a message in a queue, a function that runs. */
export interface Rest {
  /** A message is in a queue. */
  arrived(key: string): void;
  /** It has left it for good. */
  left(key: string): void;
  /** A function begins; more than one may run for one message. */
  began(): void;
  ended(): void;
  /** @returns whether it came to rest before the signal was aborted */
  reached(signal: AbortSignal): Promise<boolean>;
  /** For the message of who waited in vain. */
  readonly waiting: readonly string[];
  readonly running: number;
}

export function createRest(): Rest {
  const live = new Set<string>();
  let running = 0;
  const waiters = new Set<() => void>();
  const isAtRest = () => live.size === 0 && running === 0;
  const tell = () => {
    if (isAtRest()) for (const waiter of waiters) waiter();
  };
  return {
    arrived: (key) => void live.add(key),
    left(key) {
      live.delete(key);
      tell();
    },
    began: () => void running++,
    ended() {
      running--;
      tell();
    },
    async reached(signal) {
      const reached = Promise.withResolvers<boolean>();
      const yes = () => reached.resolve(true);
      const no = () => reached.resolve(false);
      waiters.add(yes);
      signal.addEventListener("abort", no);
      if (isAtRest()) yes();
      else if (signal.aborted) no();
      try {
        return await reached.promise;
      } finally {
        waiters.delete(yes);
        signal.removeEventListener("abort", no);
      }
    },
    get waiting() {
      return [...live];
    },
    get running() {
      return running;
    },
  };
}
