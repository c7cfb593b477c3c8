import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { createInjector, processFaults } from "../faults/index.ts";
import { readLines, report, runServer } from "../server-process/index.ts";

/**
 * Azure's own `func` behind the messages of our servers: it knows neither them nor the end of its parent,
 * and must not be left behind.
 */
const { values } = parseArgs({
  options: {
    func: { type: "string" },
    app: { type: "string" },
    host: { type: "string" },
    port: { type: "string" },
  },
});
const { func, app, port } = values;
/** The Core Tools load the extension bundle before they listen: at the first time from the network. */
const startWithin = 120_000;

await runServer(async (parent) => {
  if (func === undefined || app === undefined || port === undefined) {
    throw new Error("expected --func PATH --app FOLDER --port PORT");
  }
  // It can do nothing about its workers, but whoever asks for that must not wait for ever.
  createInjector({ server: "host", ...(await processFaults(parent, undefined)) });
  // On Windows npm installs func as a .cmd file, which only a shell can run.
  const shell = func.endsWith(".cmd");
  const child = spawn(shell ? `"${func}"` : func, ["start", "--port", port], {
    cwd: app,
    stdio: ["ignore", "pipe", "pipe"],
    shell,
  });
  const ended = once(child, "close");
  const listening = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (message) => {
      report({ type: "log", level: "info", category: "func", message });
      if (message.includes(`http://localhost:${port}/`) || message.includes("Host lock lease acquired")) {
        listening.resolve();
      }
    });
  }
  const timer = setTimeout(
    () => listening.reject(new Error(`func did not listen within ${startWithin / 1000} s`)),
    startWithin,
  );
  ended.then(
    ([code]) => listening.reject(new Error(`func ended with exit code ${code}`)),
    (error: unknown) => listening.reject(error),
  );
  try {
    await listening.promise;
  } catch (error) {
    await endProcess(child, ended);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // Without it there is nothing to serve: the stack hears of the end of this process.
  ended.then(
    () => process.exit(1),
    () => process.exit(1),
  );
  return {
    ready: { port: Number(port), url: `http://127.0.0.1:${port}` },
    close: () => endProcess(child, ended),
  };
});

async function endProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended.catch(() => {});
  clearTimeout(timer);
}
