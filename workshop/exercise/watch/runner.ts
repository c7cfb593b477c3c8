/** Runs something again and again, one run at a time. */
export interface Runner {
  /** Another run: at once, or when the one that runs has ended, which is told to end early. */
  request(): void;
  readonly isRunning: boolean;
  /** Ends the run early; resolves when it has ended. */
  halt(): Promise<void>;
  /** The same, and no run begins any more. */
  stop(): Promise<void>;
}

/**
 * @param run ends early when the signal is aborted; it must not fail
 * @param onIdle a run has ended, and no other is wanted
 */
export function createRunner(
  run: (signal: AbortSignal) => Promise<void>,
  onIdle: () => void = () => {},
): Runner {
  let isStopped = false;
  let wanted = false;
  let current: AbortController | undefined;
  let loop: Promise<void> = Promise.resolve();

  async function runWhileWanted(): Promise<void> {
    while (wanted && !isStopped) {
      wanted = false;
      current = new AbortController();
      await run(current.signal);
    }
    current = undefined;
    onIdle();
  }

  async function halt(): Promise<void> {
    wanted = false;
    current?.abort();
    await loop;
  }

  return {
    request() {
      wanted = true;
      if (current === undefined) loop = runWhileWanted();
      else current.abort();
    },
    get isRunning() {
      return current !== undefined;
    },
    halt,
    async stop() {
      isStopped = true;
      await halt();
    },
  };
}
