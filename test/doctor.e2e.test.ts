import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../bin/root.ts";
import { runNode } from "../bin/tool.ts";
import { freeBase } from "./running.ts";

const doctor = (...args: string[]) => runNode([join(root, "bin/pierogi.js"), "doctor", ...args]);

describe("the doctor", () => {
  it("finds a good machine ready", async () => {
    const { code, stdout } = await doctor("--port-base", `${await freeBase()}`, "--json");
    expect(JSON.parse(stdout)).toEqual({
      isReady: true,
      checks: [
        "Node",
        "Node of the shell",
        "native packages",
        "disk",
        "ports",
        "build",
        "servers",
        "round trip",
        "faults",
      ].map((name) => ({ name, status: "ok", found: expect.any(String) })),
    });
    expect(code).toBe(0);
  });

  it("names who holds a port, and looks at everything else all the same", async () => {
    const base = await freeBase();
    const other = createServer().listen(base + 5, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { code, stdout } = await doctor("--port-base", `${base}`);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^FAILED  ports: .*found ${base + 5} taken by .*\\(process ${process.pid}\\)\\. Repair: .*--port-base 1\\d{4}`,
        ),
      ),
      "1 of 9 failed: mend the first one, then run the doctor again",
    ]);
    expect(code).toBe(1);
  });
});
