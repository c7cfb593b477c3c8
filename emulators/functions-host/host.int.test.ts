import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FunctionsHost, type FunctionsHostOptions, startFunctionsHost } from "./index.ts";
import { createGate } from "./testing/gate.ts";
import { createRecorder, type Recorder } from "./testing/recorder.ts";

const APP = fileURLToPath(new URL("fixtures/http", import.meta.url));

let folder: string;
let recorder: Recorder;
let host: FunctionsHost | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "functions-host-"));
  recorder = createRecorder();
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  await rm(folder, { recursive: true, maxRetries: 5 });
});

const start = async (options: Partial<FunctionsHostOptions> = {}): Promise<FunctionsHost> => {
  const { onEvent, onLog } = recorder;
  host = await startFunctionsHost({ appFolder: APP, onEvent, onLog, ...options });
  return host;
};
/** An app of one file in a folder of its own. */
const writeApp = async (source: string, hostJson = '{"version": "2.0"}', manifest = {}): Promise<string> => {
  await mkdir(join(folder, "dist"));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", main: "dist/*.js", ...manifest }),
  );
  await writeFile(join(folder, "host.json"), hostJson);
  await writeFile(join(folder, "dist", "app.js"), source);
  return folder;
};

/** The fixture with `@azure/functions` in one file, as apps are built for a quick cold start. */
const bundleApp = async (format: "esm" | "cjs"): Promise<string> => {
  const appFolder = await writeApp("", undefined, { type: format === "esm" ? "module" : "commonjs" });
  const require =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  await build({
    entryPoints: [join(APP, "functions/http.js")],
    bundle: true,
    platform: "node",
    format,
    banner: format === "esm" ? { js: require } : {},
    external: ["@azure/functions-core"],
    outfile: join(appFolder, "dist", "app.js"),
    logLevel: "silent",
  });
  return appFolder;
};

describe("an HTTP function", () => {
  it("gets the request as it was sent, and answers with status, headers, cookies and body", async () => {
    const { url } = await start();
    const trace = "ab".repeat(16);
    const response = await fetch(`${url}/api/ECHO/42/a%20b/c?x=1&x=2&empty=`, {
      method: "POST",
      headers: { "X-Test": "value", traceparent: `00-${trace}-${"cd".repeat(8)}-01` },
      body: Buffer.from([0, 255, 128]),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("set-cookie")).toBe("session=a%20b; path=/; samesite=lax; httponly");
    const content = (await response.json()) as { traceParent: string };
    expect(content).toMatchObject({
      method: "POST",
      url: `${url}/api/ECHO/42/a%20b/c?x=1&x=2&empty=`,
      query: { x: "1,2", empty: "" },
      params: { id: "42", rest: "a b/c" },
      header: "value",
      body: Buffer.from([0, 255, 128]).toString("base64"),
    });
    expect(content.traceParent).toContain(trace);
  });

  it.each([
    ["GET", "api/nothing", 204],
    ["GET", "api/fail", 500],
    ["GET", "api/none", 404],
    ["GET", "nothing", 404],
    // The constraint is not met.
    ["GET", "api/echo/x/rest", 404],
    // The real host's router knows no 405.
    ["DELETE", "api/echo/1/rest", 404],
  ])("%s /%s answers %i with no content", async (method, path, status) => {
    const { url } = await start();
    const response = await fetch(`${url}/${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe("");
  });

  it("answers bytes as they are", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/api/bytes`);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255, 1]));
  });

  it("refuses a body over the limit", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/api/echo/1/x`, {
      method: "POST",
      body: Buffer.alloc(104_857_601),
    }).catch(() => undefined);
    // A client that still sends may see the connection end before it sees the answer.
    expect([413, undefined]).toContain(response?.status);
    expect(recorder.events.some((event) => event.type === "invocation")).toBe(false);
  });

  it("opens with the right key only", async () => {
    const { url, keys } = await start({ dataFolder: folder });
    const status = async (path: string, key?: string): Promise<number> =>
      (await fetch(`${url}/api/${path}`, { headers: key === undefined ? {} : { "x-functions-key": key } }))
        .status;
    expect(await status("keyed")).toBe(401);
    expect(await status("keyed", "wrong")).toBe(401);
    expect(await status("keyed", keys.function)).toBe(200);
    expect(await status(`keyed?code=${keys.master}`)).toBe(200);
    expect(await status("master", keys.function)).toBe(401);
    expect(await status("master", keys.master)).toBe(200);
    expect(JSON.parse(await readFile(join(folder, "host-keys.json"), "utf8"))).toEqual(keys);
  });

  it("is served by all instances in turn", async () => {
    const { url, workers } = await start({ instances: 2 });
    const pids = await Promise.all(
      Array.from({ length: 4 }, async () =>
        Number((await fetch(`${url}/api/echo/1/x`)).headers.get("x-worker")),
      ),
    );
    expect(new Set(pids)).toEqual(new Set(workers().map(({ pid }) => pid)));
  });
});

describe("the host", () => {
  it("lists its functions and its state", async () => {
    const { url, functions } = await start();
    expect(functions).toContainEqual({
      name: "echo",
      trigger: "httpTrigger",
      route: "/api/echo/{id:int}/{*rest}",
    });
    expect(await (await fetch(`${url}/admin/functions`)).json()).toContainEqual({
      ...functions.find(({ name }) => name === "keyed"),
      isDisabled: false,
    });
    expect(await (await fetch(`${url}/admin/host/status`)).json()).toMatchObject({ state: "Running" });
    expect((await fetch(url)).status).toBe(200);
  });

  it("gives the worker its settings, the environment before local.settings.json", async () => {
    const appFolder = await bundleApp("cjs");
    await writeFile(
      join(folder, "local.settings.json"),
      '{"Values": {"A": "file", "B": "file", "C": "file"}}',
    );
    const { url } = await start({
      appFolder,
      environment: { ...process.env, B: "environment", C: "environment" },
      settings: { C: "given" },
    });
    const environment = await (await fetch(`${url}/api/environment`)).json();
    expect(environment).toMatchObject({
      A: "file",
      B: "environment",
      C: "given",
      FUNCTIONS_WORKER_RUNTIME: "node",
      WEBSITE_HOSTNAME: new URL(url).host,
      NO_PROXY: expect.stringContaining("127.0.0.1"),
    });
  });

  it("logs what the worker prints, and what a function throws", async () => {
    const { url } = await start();
    await fetch(`${url}/api/print`);
    await fetch(`${url}/api/fail`);
    await recorder.until(
      () => recorder.lines.filter(({ message }) => /^to std(out|err)$/.test(message)).length === 2,
    );
    expect(recorder.lines).toContainEqual(
      expect.objectContaining({
        category: "Function.fail",
        message: expect.stringContaining("a secret reason"),
      }),
    );
  });

  it("runs the hooks", async () => {
    const { url, close } = await start();
    expect(await (await fetch(`${url}/api/swapped`)).text()).toBe("swapped and from pre");
    expect(await (await fetch(`${url}/api/forgiven`)).text()).toBe("forgiven");
    await close();
    const printed = recorder.lines
      .filter(({ category }) => category === "Worker.stdout")
      .map(({ message }) => message);
    expect(printed).toEqual(["appStart", "appTerminate"]);
  });

  it("answers what is under way before it stops, and cuts off what takes too long", async () => {
    const gate = await createGate();
    const { url, close } = await start();
    const answer = fetch(`${url}/api/wait?gate=${gate.url}`);
    await gate.arrived(1);
    const closing = close();
    gate.open();
    await closing;
    expect(await (await answer).text()).toBe("done");
    await gate.close();

    const stubborn = await start({ drainLimit: 300 });
    const cut = fetch(`${stubborn.url}/api/spin?really`);
    await recorder.until(() =>
      recorder.events.some((event) => event.type === "invocation" && event.functionName === "spin"),
    );
    await stubborn.close();
    expect((await cut).status).toBe(500);
  });

  it("replaces a worker that dies", async () => {
    const { url, workers, killWorker } = await start();
    const [before] = workers();
    killWorker(1);
    await recorder.until(() => recorder.events.filter((event) => event.type === "worker").length === 3);
    expect((await fetch(`${url}/api/bytes`)).status).toBe(200);
    expect(workers()[0]?.pid).not.toBe(before?.pid);
  });
});

describe("a bundled app", () => {
  it.each(["esm", "cjs"] as const)("registers its functions as %s", async (format) => {
    const { url } = await start({ appFolder: await bundleApp(format) });
    expect((await fetch(`${url}/api/bytes`)).status).toBe(200);
  });
});

describe("what can't be run", () => {
  it.each([
    ["a file that throws", 'throw new Error("boom")', /dist.app\.js: boom/],
    ["a file that does not parse", "const = 1", /dist.app\.js: /],
    [
      "a file that imports what is not there",
      'import "not-there"',
      /dist.app\.js: Cannot find package 'not-there'/,
    ],
    ["an app without functions", "export {}", /dist.app\.js registered no function/],
    ["an app that ends its process", "process.exit(3)", /ended while it was loading the app: exit code 3/],
  ])("is refused, naming the file: %s", async (_, source, message) => {
    await expect(start({ appFolder: await writeApp(source) })).rejects.toThrow(message);
  });

  it("is refused, naming the setting", async () => {
    const appFolder = await writeApp(
      "",
      '{"version": "2.0", "extensions": {"serviceBus": {"maxConcurrentCals": 1}}}',
    );
    await expect(start({ appFolder })).rejects.toThrow(
      /"extensions\.serviceBus\.maxConcurrentCals" is not supported here; .* may hold .*maxConcurrentCalls/,
    );
  });

  it("leaves nothing behind: the port is free again", async () => {
    const first = await start();
    await first.close();
    await expect(start({ port: first.port, appFolder: await writeApp("throw 1") })).rejects.toThrow();
    const again = await start({ port: first.port });
    expect(again.port).toBe(first.port);
  });

  it("a taken port is told with its code", async () => {
    const { port } = await start();
    await expect(startFunctionsHost({ appFolder: APP, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("the process", () => {
  it("does not wait for ever for an app that never loads", async () => {
    const appFolder = await writeApp("for (;;);");
    await expect(startFunctionsHost({ appFolder, loadLimit: 1_000 })).rejects.toMatchObject({
      code: "APP_NOT_LOADED",
      message: expect.stringContaining("not loaded within 1 s"),
    });
  });

  it("leaves no worker behind when it is killed, even one that never yields", async () => {
    const main = fileURLToPath(new URL("main.ts", import.meta.url));
    const child = fork(main, ["--app", APP, "--port", "0", "--instances", "2"], {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const ready = await message(child, "ready");
    const { url, workers } = ready as unknown as { url: string; workers: { pid: number }[] };
    const spinning = fetch(`${url}/api/spin?really`).catch(() => {});
    await fetch(`${url}/api/bytes`);
    child.kill("SIGKILL");
    await once(child, "exit");
    await spinning;
    await expect.poll(() => workers.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([]);
  });

  it("tells why it can't start", async () => {
    const main = fileURLToPath(new URL("main.ts", import.meta.url));
    const child = fork(main, ["--app", await writeApp("throw new Error('boom')")], {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    expect(await message(child, "failed")).toMatchObject({
      code: "APP_NOT_LOADED",
      message: expect.stringContaining("boom"),
    });
    await once(child, "exit");
  });
});

const message = (child: ChildProcess, type: string): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    child.on("message", (content: { type: string }) => {
      if (content.type === type) resolve(content);
    });
  });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
