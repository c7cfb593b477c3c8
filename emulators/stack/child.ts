import { type ChildProcess, fork } from "node:child_process";
import { type FromServer, readLines, type StopRequest } from "../server-process/index.ts";

/** A server as a child process that can be stopped, killed and started again. */
export interface Child<Facts> {
  readonly name: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Starts the process. @returns what the server said about itself when it was ready */
  start(): Promise<Facts>;
  /** Asks it to stop and waits for its end; kills it if it takes longer than `stopWithin`. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Sends it a message. @returns false while it does not run: then it is dropped */
  send(message: object): boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ChildOptions<Facts> {
  readonly name: string;
  /** Its `main.ts`. */
  readonly file: string;
  /** @param last what it said when it was ready the last time, so that it gets the same ports again */
  /** Named by the error when it does not start. */
  readonly dataFolder?: string;
  readonly args: (last: Facts | undefined) => readonly string[];
  readonly env: () => NodeJS.ProcessEnv;
  readonly facts: (ready: unknown) => Facts;
  /** Its process runs, and takes messages before it is ready. */
  readonly onStarting?: () => void;
  readonly onEvent: (event: unknown) => void;
  /** A line that it printed. */
  readonly onLine: (line: string) => void;
  /** It ended, asked to or not. */
  readonly onEnded?: () => void;
  /**
   * It ended, and nobody had asked for that.
   * @param lastLines what it printed last: an error that nobody handled, for one
   */
  readonly onDeath: (exit: Exit, lastLines: readonly string[]) => void;
  /** Milliseconds for an orderly stop. */
  readonly stopWithin: number;
}

/** Why a server did not start; `code` is the system's or the server's own. */
export class StartError extends Error {
  override name = "StartError";
  readonly code: string;
  /** Where the server keeps its data; undefined where it keeps none. */
  readonly dataFolder: string | undefined;

  constructor(server: string, code: string, message: string, dataFolder?: string) {
    super(`${server} did not start: ${message}`);
    this.code = code;
    this.dataFolder = dataFolder;
  }
}

export function child<Facts>(options: ChildOptions<Facts>): Child<Facts> {
  let running: { process: ChildProcess; ended: Promise<Exit> } | undefined;
  let endIsWanted = false;
  let last: Facts | undefined;
  const failure = (code: string, message: string) =>
    new StartError(options.name, code, message, options.dataFolder);

  async function start(): Promise<Facts> {
    if (running !== undefined) throw new Error(`${options.name} is running already`);
    endIsWanted = false;
    const started = fork(options.file, options.args(last), {
      env: options.env(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // node:sqlite warns that it is young.
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    const lines: string[] = [];
    const onLine = (line: string) => {
      if (lines.push(line) > 20) lines.shift();
      options.onLine(line);
    };
    for (const stream of [started.stdout, started.stderr]) readLines(stream, onLine);
    const ended = new Promise<Exit>((resolve) => {
      // A process that could not be spawned has an error and no exit.
      started.once("error", () => resolve({ code: null, signal: null }));
      started.once("close", (code, signal) => resolve({ code, signal }));
    });
    running = { process: started, ended };
    options.onStarting?.();
    const ready = Promise.withResolvers<Facts>();
    let isReady = false;
    started.on("message", (message) => {
      const told = message as FromServer;
      if (told.type === "event") options.onEvent(told.event);
      if (told.type === "failed") ready.reject(failure(told.code, told.message));
      if (told.type === "ready") {
        isReady = true;
        ready.resolve(options.facts(told));
      }
    });
    void ended.then((exit) => {
      running = undefined;
      ready.reject(failure("EXITED", `it ended with ${describe(exit)}\n${lines.join("\n")}`));
      options.onEnded?.();
      if (isReady && !endIsWanted) options.onDeath(exit, lines);
    });
    const facts = await ready.promise;
    last = facts;
    return facts;
  }

  async function end(ask: (process: ChildProcess) => void, within: number): Promise<void> {
    endIsWanted = true;
    if (running === undefined) return;
    const { process, ended } = running;
    ask(process);
    const timer = setTimeout(() => process.kill("SIGKILL"), within);
    await ended;
    clearTimeout(timer);
  }

  function send(message: object): boolean {
    // Not connected: it is ending by itself.
    if (!running?.process.connected) return false;
    running.process.send(message, () => {});
    return true;
  }

  return {
    name: options.name,
    get pid() {
      return running?.process.pid;
    },
    start,
    stop: () => end(() => void send({ type: "stop" } satisfies StopRequest), options.stopWithin),
    kill: () => end((process) => process.kill("SIGKILL"), options.stopWithin),
    send,
  };
}

export const describe = ({ code, signal }: Exit): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;
