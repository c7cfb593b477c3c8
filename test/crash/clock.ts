import { virtualTime } from "../support/virtual-time.ts";

/** Virtual time with things that happen in it. Two things at one moment happen in the order of a seed. */
export interface Simulation {
  now(): number;
  random(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Lets something happen so many milliseconds from now. */
  after(milliseconds: number, happen: () => void): void;
  /** Lets things happen, in the order of time, until nothing is left to happen. */
  run(): Promise<void>;
}

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** More than any schedule takes: whoever gets here goes round in circles. */
const most = 20_000;

/** @param shuffled Whether things at one moment happen in a random order; otherwise in the order they were planned */
export function simulation(seed: number, shuffled: boolean): Simulation {
  const { random } = virtualTime(0, seed);
  let time = Date.parse("2026-03-01T12:00:00Z");
  let planned = 0;
  const happenings: Happening[] = [];

  function after(milliseconds: number, happen: () => void): void {
    planned++;
    const order = shuffled ? random() : planned;
    happenings.push({ at: time + milliseconds, order, happen });
  }

  function takeNext(): Happening | undefined {
    let next = 0;
    for (let n = 1; n < happenings.length; n++) if (isBefore(happenings[n], happenings[next])) next = n;
    return happenings.splice(next, 1)[0];
  }

  return {
    // Whole milliseconds, as a system clock has them.
    now: () => Math.floor(time),
    random,
    after,
    sleep: (milliseconds) => new Promise((resolve) => after(milliseconds, resolve)),
    async run() {
      for (let count = 0; ; count++) {
        // Everything that waits for the last happening goes on before the next one.
        await new Promise(setImmediate);
        const next = takeNext();
        if (next === undefined) return;
        if (count > most) throw new Error(`the simulation does not come to rest within ${most} happenings`);
        time = next.at;
        next.happen();
      }
    },
  };
}

const isBefore = (a: Happening | undefined, b: Happening | undefined): boolean =>
  a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
