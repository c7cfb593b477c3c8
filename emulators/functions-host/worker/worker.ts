/**
 * The worker process: holds the app, and runs its functions for the host that forked it.
 * It never outlives the host: the end of the IPC channel ends it, or the watchdog.
 */
import { registerHooks } from "node:module";
import { Worker } from "node:worker_threads";
import { reply } from "./channel.ts";
import { invoke, toException } from "./invoke.ts";
import { loadApp } from "./load-app.ts";
import { appHookData, appOnlyHookData, executeHooks } from "./registry.ts";
import type { ToWorker } from "./rpc.ts";

const core = new URL("./functions-core.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === "@azure/functions-core"
      ? { url: core, shortCircuit: true }
      : nextResolve(specifier, context),
});

// A Ctrl-C reaches the whole process group; the host decides the order of the stop.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));

process.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "load":
      loadApp(message.appFolder).then(
        (loaded) => reply({ type: "loaded", ...loaded }),
        (error: unknown) =>
          reply({ type: "loadFailed", message: toException(error).message, ...stackOf(error) }, () =>
            process.exit(1),
          ),
      );
      break;
    case "invoke": {
      const { invocationId } = message.request;
      invoke(message.request).then(
        (response) => reply({ type: "succeeded", invocationId, response }),
        (error: unknown) => reply({ type: "failed", invocationId, exception: toException(error) }),
      );
      break;
    }
    case "terminate":
      executeHooks("appTerminate", { hookData: appOnlyHookData, appHookData }).then(
        () => process.exit(0),
        (error: unknown) => {
          const text = toException(error).stackTrace ?? "";
          reply(
            { type: "log", level: "error", category: "Worker.system", message: `appTerminate: ${text}` },
            () => process.exit(1),
          );
        },
      );
  }
});

// The app is loaded only under guard: its first function may never yield.
const watchdog = new Worker(new URL("./watchdog.ts", import.meta.url), { workerData: process.ppid });
watchdog.unref();
watchdog.once("online", () => reply({ type: "started" }));

function stackOf(error: unknown): { stack?: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && cause.stack !== undefined ? { stack: cause.stack } : {};
}
