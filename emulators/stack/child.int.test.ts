import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { child, type Exit, StartError } from "./child.ts";

/** A fixture server, and what it reported. */
function fixture(behaviour: string, file = "") {
  const events: unknown[] = [];
  const deaths: Exit[] = [];
  const lastWords: string[] = [];
  let ends = 0;
  const died = Promise.withResolvers<void>();
  const server = child<{ pid: number }>({
    name: "the fixture",
    file: join(import.meta.dirname, "fixtures/server.ts"),
    args: () => [behaviour, file],
    env: () => process.env,
    facts: (ready) => ready as { pid: number },
    onEvent: (event) => events.push(event),
    onLine: () => {},
    onEnded: () => ends++,
    onDeath: (exit, lastLines) => {
      deaths.push(exit);
      lastWords.push(...lastLines);
      died.resolve();
    },
    stopWithin: 500,
  });
  onTestFinished(() => server.kill());
  return { server, events, deaths, ends: () => ends, died: died.promise, lastWords };
}

describe("a server's process", () => {
  it("starts, reports, stops in order, and starts again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pierogi-child-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    const { server, events } = fixture("serve", join(folder, "closed"));
    const first = await server.start();
    expect(first).toMatchObject({ pid: server.pid });
    expect(events).toEqual([{ said: "hello" }]);
    await server.stop();
    expect(existsSync(join(folder, "closed"))).toBe(true);
    expect(server.pid).toBeUndefined();
    expect((await server.start()).pid).not.toBe(first.pid);
  });

  it("hears what it is told before it is ready", async () => {
    const { server, events } = fixture("serve");
    const starting = server.start();
    server.send({ type: "early" });
    await starting;
    await expect.poll(() => events).toContainEqual({ heard: { type: "early" } });
  });

  it("tells why it did not start", async () => {
    const failed = fixture("fail").server.start();
    await expect(failed).rejects.toThrow("the fixture did not start: no such luck");
    await expect(failed).rejects.toMatchObject({ code: "EADDRINUSE" });
    const crashed = fixture("crash").server.start();
    await expect(crashed).rejects.toThrow(StartError);
    await expect(crashed).rejects.toThrow(/it ended with exit code 3\nlast words/);
  });

  it("is killed when an orderly stop takes too long", async () => {
    const { server } = fixture("hang");
    await server.start();
    await server.stop();
    expect(server.pid).toBeUndefined();
  });

  it("reports a death that nobody wanted, but none that somebody did", async () => {
    const { server, deaths, ends, died } = fixture("serve");
    await server.start();
    expect(server.send({ type: "taken" })).toBe(true);
    await server.kill();
    expect(deaths).toEqual([]);
    expect(ends()).toBe(1);
    expect(server.send({ type: "dropped" })).toBe(false);
    const { pid } = await server.start();
    process.kill(pid, "SIGKILL");
    await died;
    expect(deaths).toEqual([{ code: null, signal: process.platform === "win32" ? null : "SIGKILL" }]);
    expect(server.pid).toBeUndefined();
  });

  it("tells what a server said that died of an error nobody handled", async () => {
    const { server, deaths, died, lastWords } = fixture("serve");
    await server.start();
    server.send({ type: "reject" });
    await died;
    expect(deaths).toEqual([{ code: 1, signal: null }]);
    expect(lastWords.join("\n")).toMatch(/Error: nobody handles this[\s\S]*at /);
  });

  it("whose parent lets go of it while it reports stops in order", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pierogi-child-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    const closed = join(folder, "closed");
    const forked = fork(join(import.meta.dirname, "fixtures/server.ts"), ["serve", closed], {
      stdio: "pipe",
    });
    onTestFinished(() => void forked.kill("SIGKILL"));
    const heard = (what: (told: { type: string; event?: object }) => boolean) =>
      new Promise<void>((resolve) => {
        forked.on("message", (told: { type: string; event?: object }) => {
          if (what(told)) resolve();
        });
      });
    const ready = heard(({ type }) => type === "ready");
    await ready;
    const busy = heard(({ event }) => JSON.stringify(event) === JSON.stringify({ said: "busy" }));
    forked.send({ type: "be busy" });
    await busy;
    forked.disconnect();
    expect(await once(forked, "exit")).toEqual([0, null]);
    expect(existsSync(closed)).toBe(true);
  });
});
