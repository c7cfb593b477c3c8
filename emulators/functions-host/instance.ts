import { deferred, wait } from "./deferred.ts";
import { HostError } from "./errors.ts";
import { type Frozen, freeze } from "./frozen.ts";
import { type HostEvent, type Log, messageOf } from "./log.ts";
import type { FunctionMetadata, InvocationRequest, InvocationResponse } from "./worker/rpc.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

export interface InstanceOptions {
  readonly number: number;
  readonly appFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds that a worker may take to load the app. */
  readonly loadLimit: number;
  readonly log: Log;
  readonly emit: (event: HostEvent) => void;
  readonly now: () => number;
}

/** One of the app's instances: a worker process that is replaced when it ends. */
export interface Instance {
  readonly number: number;
  readonly functions: readonly FunctionMetadata[];
  pid(): number | undefined;
  /** Whether an invocation would run now, and not wait for a new worker. */
  isRunning(): boolean;
  /** Resolves when there is a worker. @throws HostError HOST_STOPPED */
  ready(): Promise<void>;
  /** Waits for a worker if there is none. @throws HostError */
  invoke(request: InvocationRequest): Promise<InvocationResponse>;
  /** Ends the worker at once, as a crash would; a new one follows. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Stops the worker for milliseconds, as a closed laptop does, unless it is starting or stopped already; not on Windows. */
  freeze(milliseconds: number): void;
  /** Lets a frozen worker go on now. */
  thaw(): void;
  /** Resolves when the worker is not frozen. */
  awake(): Promise<void>;
  /** Ends the worker in order, without a new one. */
  close(limitMilliseconds: number): Promise<void>;
}

const FIRST_DELAY = 250;
const LONGEST_DELAY = 30_000;
/** A worker that lived as long is not the same failure again. */
const STABLE = 10_000;

/** Starts the first worker. @throws HostError APP_NOT_LOADED when it can't load the app. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { number, log, emit, now } = options;
  let worker: WorkerProcess | undefined;
  /** Resolves when there is a worker again. */
  let next = deferred<WorkerProcess>();
  const closing = new AbortController();
  let startedAt = 0;
  let delay = 0;
  let restarting = Promise.resolve();
  let frozen: Frozen | undefined;

  const write = (level: "information" | "warning" | "error", message: string): void =>
    log({ level, category: "Host.Worker", message, instance: number });

  const start = async (): Promise<WorkerProcess> => {
    const started = await startWorker({ ...options, instance: number, onExit, signal: closing.signal });
    worker = started;
    startedAt = now();
    next.resolve(started);
    emit({ type: "worker", action: "started", instance: number, pid: started.pid });
    return started;
  };

  const onExit = (reason: string): void => {
    const pid = worker?.pid;
    worker = undefined;
    frozen?.end();
    if (closing.signal.aborted) return;
    next = deferred();
    emit({ type: "worker", action: "exited", instance: number, pid, reason });
    if (now() - startedAt >= STABLE) delay = 0;
    write(
      "error",
      `Worker ${pid} ended (${reason}); a new one starts ${delay === 0 ? "at once" : `in ${delay} ms`}`,
    );
    restarting = restart();
  };

  const restart = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await wait(delay, closing.signal);
      delay = Math.min(Math.max(delay * 2, FIRST_DELAY), LONGEST_DELAY);
      if (closing.signal.aborted) return;
      try {
        await start();
        return;
      } catch (error) {
        if (closing.signal.aborted) return;
        write("error", `A new worker could not be started, trying again in ${delay} ms: ${messageOf(error)}`);
      }
    }
  };

  const { functions } = await start();
  return {
    number,
    functions,
    pid: () => worker?.pid,
    isRunning: () => worker !== undefined,
    async ready() {
      if (worker === undefined) await next.promise;
    },
    invoke: async (request) => (worker ?? (await next.promise)).invoke(request),
    kill: async () => worker?.kill(),
    freeze(milliseconds) {
      if (worker === undefined || frozen !== undefined) return;
      if (process.platform === "win32") {
        return write("warning", "A worker can't be frozen on Windows; it goes on running");
      }
      const { pid } = worker;
      write("warning", `Worker ${pid} is frozen for ${milliseconds} ms`);
      const own = freeze(pid, milliseconds);
      frozen = own;
      own.over
        .then(() => {
          frozen = undefined;
          if (worker?.pid === pid) write("information", `Worker ${pid} goes on`);
        })
        .catch(() => {});
    },
    thaw: () => frozen?.end(),
    awake: async () => frozen?.over,
    async close(limitMilliseconds) {
      frozen?.end();
      closing.abort();
      next.reject(new HostError("HOST_STOPPED", "The host is stopping"));
      await restarting;
      await worker?.terminate(limitMilliseconds);
    },
  };
}
