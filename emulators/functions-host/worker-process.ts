import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readLines } from "../server-process/index.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { HostError } from "./errors.ts";
import type { Log } from "./log.ts";
import type {
  FromWorker,
  FunctionMetadata,
  InvocationRequest,
  InvocationResponse,
  ToWorker,
} from "./worker/rpc.ts";

const ENTRY = fileURLToPath(new URL("./worker/worker.ts", import.meta.url));

export interface WorkerOptions {
  readonly instance: number;
  readonly appFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Milliseconds to load the app in. */
  readonly loadLimit: number;
  readonly onExit: (reason: string) => void;
  /** Ends a worker that is still loading the app. */
  readonly signal: AbortSignal;
}

/** A running worker process with the app loaded. */
export interface WorkerProcess {
  readonly pid: number;
  readonly functions: readonly FunctionMetadata[];
  /** @throws HostError FUNCTION_FAILED or WORKER_EXITED */
  invoke(request: InvocationRequest): Promise<InvocationResponse>;
  /** Lets the appTerminate hooks run, and resolves when the process has ended; kills it after the limit. */
  terminate(limitMilliseconds: number): Promise<void>;
  /** Resolves when it has ended. */
  kill(): Promise<void>;
}

/** Forks a worker and loads the app in it. @throws HostError APP_NOT_LOADED with what the worker said. */
export async function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  const { instance, log } = options;
  const child = fork(ENTRY, [], {
    cwd: options.appFolder,
    env: options.environment,
    // The parent's own flags (a test runner's loader, an inspector port) are not the app's.
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  readLines(child.stdout, (message) =>
    log({ level: "information", category: "Worker.stdout", message, instance }),
  );
  readLines(child.stderr, (message) => log({ level: "error", category: "Worker.stderr", message, instance }));

  const pending = new Map<string, Deferred<InvocationResponse>>();
  const loaded = deferred<readonly FunctionMetadata[]>();
  const exited = deferred<string>();
  const send = (message: ToWorker): void => {
    if (child.connected) child.send(message, () => {});
  };

  child.on("message", (message: FromWorker) => {
    switch (message.type) {
      case "started":
        send({ type: "load", appFolder: options.appFolder });
        break;
      case "loaded":
        if (message.capabilities["HttpUri"] !== undefined) {
          loaded.reject(
            new HostError("APP_NOT_LOADED", "app.setup({enableHttpStream: true}) is not supported here"),
          );
        } else loaded.resolve(message.functions);
        break;
      case "loadFailed":
        if (message.stack !== undefined)
          log({ level: "debug", category: "Worker.load", message: message.stack, instance });
        loaded.reject(new HostError("APP_NOT_LOADED", message.message));
        break;
      case "log": {
        const { type: _, ...line } = message;
        log({ ...line, instance });
        break;
      }
      case "succeeded":
        pending.get(message.invocationId)?.resolve(message.response);
        pending.delete(message.invocationId);
        break;
      case "failed":
        pending
          .get(message.invocationId)
          ?.reject(new HostError("FUNCTION_FAILED", message.exception.message, message.exception));
        pending.delete(message.invocationId);
    }
  });
  const end = (reason: string): void => {
    exited.resolve(reason);
    loaded.reject(
      new HostError("APP_NOT_LOADED", `The worker process ended while it was loading the app: ${reason}`),
    );
    for (const invocation of pending.values()) {
      invocation.reject(
        new HostError("WORKER_EXITED", `The worker process ended during the invocation: ${reason}`),
      );
    }
    pending.clear();
  };
  child.on("error", (error) => end(error.message));
  child.once("exit", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));

  const kill = (): void => void child.kill("SIGKILL");
  options.signal.addEventListener("abort", kill);
  if (options.signal.aborted) kill();
  const tooLate = setTimeout(() => {
    loaded.reject(
      new HostError(
        "APP_NOT_LOADED",
        `The app was not loaded within ${options.loadLimit / 1000} s: does a file do something at its top level that never ends?`,
      ),
    );
  }, options.loadLimit);
  let functions: readonly FunctionMetadata[];
  try {
    functions = await loaded.promise;
  } catch (error) {
    kill();
    await exited.promise;
    throw error;
  } finally {
    clearTimeout(tooLate);
    options.signal.removeEventListener("abort", kill);
  }
  exited.promise.then(options.onExit, () => {});

  return {
    pid: child.pid ?? -1,
    functions,
    invoke(request) {
      if (!child.connected) {
        return Promise.reject(
          new HostError("WORKER_EXITED", "The worker process ended before the invocation"),
        );
      }
      const invocation = deferred<InvocationResponse>();
      pending.set(request.invocationId, invocation);
      send({ type: "invoke", request });
      return invocation.promise;
    },
    async terminate(limitMilliseconds) {
      send({ type: "terminate" });
      await endOf(child, exited.promise, limitMilliseconds);
    },
    async kill() {
      kill();
      await exited.promise;
    },
  };
}

async function endOf(child: ChildProcess, exited: Promise<string>, limitMilliseconds: number): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMilliseconds);
  await exited;
  clearTimeout(timer);
}
