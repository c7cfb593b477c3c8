/** The longest delay a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

/** One timer for the earliest of many deadlines. */
export interface WakeUp {
  /** Sets the timer to the deadline that is now the earliest. */
  arm(): void;
  cancel(): void;
}

/** @param next When the earliest deadline is, in milliseconds since 1970. */
export function createWakeUp(now: () => number, next: () => number | undefined, run: () => void): WakeUp {
  let timer: NodeJS.Timeout | undefined;
  let armedFor: number | undefined;

  const cancel = (): void => {
    clearTimeout(timer);
    armedFor = undefined;
  };
  return {
    cancel,
    arm() {
      const at = next();
      if (at === armedFor) return;
      cancel();
      if (at === undefined) return;
      armedFor = at;
      timer = setTimeout(
        () => {
          armedFor = undefined;
          run();
        },
        Math.min(Math.max(at - now(), 0), MAX_DELAY),
      );
    },
  };
}
