import { placeIn } from "../lab/place.ts";

/** An error of the attendee's own code, as their handler threw it. */
export interface Crash {
  /** Seen from the app's folder. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** A line of the functions host's log. */
export interface Said {
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
}

export interface CrashFinder {
  /** Takes in what the host says. */
  hear(said: Said): void;
  /** Each once, the first one first. */
  readonly found: readonly Crash[];
  /** A handler did not end in time: the others would not, either. */
  readonly hasHung: boolean;
}

/**
 * Finds errors of the attendee's code in what the host says. Errors that the SDKs throw are part of the story: the
 * trace shows them.
 * @param app the app's folder
 */
export function createCrashFinder(app: string): CrashFinder {
  const found = new Map<string, Crash>();
  /** A worker that ends by an error tells it line by line. */
  let lastError: string | undefined;
  let hasHung = false;
  const add = (crash: Crash): void => {
    found.set(`${crash.file}:${crash.line} ${crash.message}`, crash);
  };

  function hearWorker(line: string): void {
    const error = /^(?:Uncaught )?(\w*Error: .*)$/.exec(line)?.[1];
    if (error !== undefined) {
      lastError = error;
      return;
    }
    const place = placeIn(line, app);
    if (place === undefined || lastError === undefined) return;
    add({ ...place, message: `${lastError} (nobody awaits it, so it ends the whole worker)` });
    lastError = undefined;
  }

  function hearFunction(message: string, functionName: string): void {
    const hung = /Timeout value of (\d+) ms was exceeded/.exec(message);
    if (hung !== null) {
      hasHung = true;
      add({
        file: `functions/${functionName}.ts`,
        message: `its handler did not end within ${Number(hung[1]) / 1000} s: is there a loop without an end, or an await of what never comes?`,
      });
      return;
    }
    const exit = /The worker process ended during the invocation: exit code (\d+)/.exec(message);
    if (exit?.[1] === "0" || (exit !== null && Number(exit[1]) > 1)) {
      add({
        file: `functions/${functionName}.ts`,
        message: `the process ended with exit code ${exit[1]} while its handler ran: does something call process.exit?`,
      });
      return;
    }
    const [first = "", frame = ""] = message.split("\n");
    const place = placeIn(frame, app);
    const error = / Duration=\d+ms\) (.*)$/.exec(first)?.[1];
    if (place !== undefined && error !== undefined) add({ ...place, message: error });
  }

  return {
    hear({ category, message, functionName }) {
      if (category === "Worker.stderr") hearWorker(message);
      else if (functionName !== undefined && message.includes("(Failed,"))
        hearFunction(message, functionName);
    },
    get found() {
      return [...found.values()];
    },
    get hasHung() {
      return hasHung;
    },
  };
}
