import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { ServiceBusClient } from "@azure/service-bus";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../bin/root.ts";
import { runningStack } from "../bin/running-stack.ts";
import { runNode } from "../bin/tool.ts";
import { checkPorts } from "../emulators/stack/ports.ts";
import { portsFrom } from "../emulators/stack.ts";
import { eventually, freeBase, scratchFolder } from "./running.ts";

const program = join(root, "bin/pierogi.js");

/** `pierogi start`, once it is ready. */
async function started(base: number, ...more: string[]) {
  const data = await scratchFolder();
  const child = spawn(
    process.execPath,
    [program, "start", "--port-base", `${base}`, "--data", data, ...more],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const isReady = () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${errors.join("\n")}`);
    return lines.some((line) => line.startsWith("ready "));
  };
  await eventually("ready", isReady, 60_000);
  return { child, data, lines, errors, ended };
}

/** Its processes, with those of theirs. */
function descendants({ pid }: ChildProcess): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const processes = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    processes.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid ?? -1);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const portsAreFree = (base: number) =>
  checkPorts(portsFrom(base), "127.0.0.1").then(
    () => true,
    () => false,
  );

// Windows can neither send a Ctrl-C to one process nor list them with ps.
describe.skipIf(process.platform === "win32")("start", () => {
  it("says where everything is, prints each step of a message, and leaves nothing behind after Ctrl-C", async () => {
    const base = await freeBase();
    const { child, lines, ended } = await started(base);
    expect(lines).toContain(`ready http://127.0.0.1:${base}`);
    expect(lines.join("\n")).toMatch(/token +[\da-f]{32}/);

    const { code } = await runNode([
      program,
      "order",
      "add",
      "7",
      "Meat",
      "--url",
      `http://127.0.0.1:${base}`,
    ]);
    expect(code).toBe(0);
    for (const step of ["received", "decided", "committed", "sent", "completed"]) {
      const line = new RegExp(`orders +${step} +AddItem order 7 .* delivery 1`);
      await eventually(`a line for ${step}`, () => lines.some((each) => line.test(each)));
    }

    const children = descendants(child);
    expect(children.length).toBeGreaterThanOrEqual(5);
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    await eventually("all its servers have ended", () => !children.some(isAlive), 2_000);
    expect(await portsAreFree(base)).toBe(true);
  });

  it("tells of a message that goes to quarantine, also when it is to be quiet", async () => {
    const { lines, data } = await started(await freeBase(), "--quiet");
    const client = new ServiceBusClient((await runningStack(data))?.serviceBus ?? "");
    onTestFinished(() => client.close());
    await client.createSender("billing").sendMessages({ body: "nonsense", subject: "Nonsense" });
    await eventually("its line", () => lines.some((line) => /billing +quarantined +.*malformed/.test(line)));
    expect(lines.filter((line) => /received|completed/.test(line))).toEqual([]);
  });

  it("leaves nothing behind when it is killed itself", async () => {
    const base = await freeBase();
    const { child } = await started(base);
    const children = descendants(child);
    child.kill("SIGKILL");
    await eventually("all its servers have ended", () => !children.some(isAlive));
    expect(await portsAreFree(base)).toBe(true);
  });

  it("stops when npm is stopped, which tells only the shell that it runs the script in", async () => {
    const base = await freeBase();
    const line = `"${process.execPath}" "${program}" start --port-base ${base} --data "${await scratchFolder()}"; :`;
    const shell = spawn("sh", ["-c", line], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, npm_execpath: "npm" },
    });
    const lines: string[] = [];
    createInterface({ input: shell.stdout }).on("line", (text) => lines.push(text));
    await eventually("ready", () => lines.some((each) => each.startsWith("ready ")), 60_000);
    const children = descendants(shell);
    shell.kill("SIGTERM");
    await eventually("all has ended", () => !children.some(isAlive));
    expect(lines.at(-1)).toBe("stopping, since npm was stopped");
    expect(await portsAreFree(base)).toBe(true);
  });

  it("stops everything when a server dies, and says which", async () => {
    const base = await freeBase();
    const { child, errors, ended } = await started(base);
    const cosmos = descendants(child).find((pid) => commandOf(pid).includes("cosmos/main.ts"));
    process.kill(cosmos ?? -1, "SIGKILL");
    expect(await ended).toEqual([1, null]);
    expect(errors.join("\n")).toMatch(
      /^pierogi: Cosmos DB ended by itself \(signal SIGKILL\), so everything was stopped/m,
    );
    expect(await portsAreFree(base)).toBe(true);
  });

  it("says who has the data folder, and what to do about data that is damaged", async () => {
    const base = await freeBase();
    const { child, ended, data } = await started(base);
    const again = (at: number) => runNode([program, "start", "--port-base", `${at}`, "--data", data]);
    expect(await again(await freeBase())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `in use by the stack at http://127.0.0.1:${base}, process ${child.pid}: stop it with Ctrl-C`,
      ),
    });
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);

    await rm(join(data, "cosmos"), { recursive: true });
    await writeFile(join(data, "cosmos"), "");
    const { code, stderr } = await again(base);
    expect(code).toBe(1);
    // Shown relative to where the command was called, where that is shorter.
    const [, shown = ""] = /Its data is in (.+)\. If that is damaged/.exec(stderr) ?? [];
    expect(resolve(root, shown)).toBe(join(data, "cosmos"));
    const reset = await runNode([program, "reset", "--data", data]);
    expect({ ...reset, isThere: existsSync(data) }).toMatchObject({ code: 0, stderr: "", isThere: false });
  });

  it("names a port that is taken", async () => {
    const base = await freeBase();
    const other = createServer().listen(base + 3, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { code, stderr } = await runNode([
      program,
      "start",
      "--port-base",
      `${base}`,
      "--data",
      await scratchFolder(),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^pierogi: Cosmos DB can't listen on port ${base + 3}: another program listens`),
    );
  });
});

const commandOf = (pid: number): string =>
  execFileSync("ps", ["-o", "args=", "-p", `${pid}`], { encoding: "utf8" });
