/** Milliseconds without a change after which a save is over: editors write in several steps, formatters after them. */
const quiet = 120;

/** Calls back when changes have come to their end. */
export function createBurst(over: () => void, wait = quiet): { change(): void; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    change() {
      clearTimeout(timer);
      timer = setTimeout(over, wait);
    },
    cancel: () => clearTimeout(timer),
  };
}
