import { describe, expect, it } from "vitest";
import { faultKinds } from "../../emulators/faults/index.ts";
import { defaultPorts } from "../../emulators/stack.ts";
import { verdictOf } from "./faults.ts";
import { nodeVerdict, shellNodeVerdict } from "./node-version.ts";
import { portsVerdict } from "./ports.ts";
import { line, ok, summary } from "./verdict.ts";

const node = { running: "v24.21.0", hasOwn: true, shell: "v20.20.2" };

describe("Node", () => {
  const told = (facts: Partial<typeof node>) =>
    line({ name: "Node", ...nodeVerdict({ ...node, ...facts }) }).replaceAll(/\s+/g, " ");

  it("is the project's own", () => {
    expect(told({})).toBe("ok Node: v24.21.0");
  });

  it("may be the machine's, if that is new enough", () => {
    expect(told({ hasOwn: false })).toBe(
      "ok Node: v24.21.0 of this machine; the project's own is not installed, and not needed",
    );
  });

  it("is asked for again when npm did not run the install script", () => {
    expect(told({ running: "v22.20.0", hasOwn: false })).toBe(
      "FAILED Node: expected Node 24; found v22.20.0, since the project's own is not installed. Repair: `npm ci --ignore-scripts=false`: npm did not run the install script of the package `node`. Or install Node 24 from https://nodejs.org",
    );
  });

  it("is not the project's when the program was started without npx", () => {
    expect(told({ running: "v22.20.0" })).toBe(
      "FAILED Node: expected Node 24; found v22.20.0, not the project's own. Repair: run it as `npx pierogi doctor`, in the project's folder",
    );
  });

  it("of the shell may be older, but not too old for npm ci", () => {
    expect(shellNodeVerdict(node)).toEqual(ok("v20.20.2"));
    expect(shellNodeVerdict({ ...node, shell: undefined })).toEqual(ok("v24.21.0"));
    expect(shellNodeVerdict({ ...node, shell: "v9.11.2" })).toMatchObject({
      status: "failed",
      expected: "Node 20 or newer",
      found: "v9.11.2",
      repair: expect.stringContaining("https://nodejs.org"),
    });
  });
});

describe("ports", () => {
  const taken = [
    { port: 7071, code: "EADDRINUSE", holder: { pid: 4711, name: "func" } },
    { port: 1433, code: "EADDRINUSE", holder: undefined },
    { port: 5300, code: "EACCES", holder: undefined },
  ];

  it("are told with who holds them, and others that are free", () => {
    expect(portsVerdict(defaultPorts, taken, 17_100)).toEqual({
      status: "failed",
      expected: "7071, 5672, 5300, 8081, 10000, 1433, 7072, 7073 to be free",
      found: "7071 taken by func (process 4711), 1433 taken, by whom can't be told, 5300 refused (EACCES)",
      repair: "end that program, or use others: `npx pierogi start --port-base 17100`",
    });
  });

  it("may be taken by the project itself", () => {
    expect(portsVerdict(defaultPorts, taken, 17_100, "http://127.0.0.1:7071")).toMatchObject({
      status: "ok",
    });
    expect(portsVerdict(defaultPorts, [], 17_100)).toEqual(
      ok("7071, 5672, 5300, 8081, 10000, 1433, 7072, 7073"),
    );
  });
});

describe("faults", () => {
  it("are counted, and what Windows lacks is said", () => {
    expect(verdictOf([], "linux")).toEqual(ok(`all ${faultKinds.length} kinds, and each server's refusals`));
    expect(verdictOf([], "win32")).toMatchObject({ found: expect.stringContaining("freezeWorker") });
  });

  it("that nobody heard of are named", () => {
    expect(
      verdictOf(["hold never struck", "twice: the function ran 1 times instead of 2"], "linux"),
    ).toMatchObject({
      status: "failed",
      found: "hold never struck, twice: the function ran 1 times instead of 2",
      repair: expect.stringContaining("run it again"),
    });
  });
});

describe("the last line", () => {
  const good = { name: "a", ...ok("fine") };
  const bad = { name: "b", status: "failed", expected: "x", found: "y", repair: "z" } as const;

  it("says whether the machine is ready", () => {
    expect(summary([good, good])).toBe("2 of 2 ok: this machine is ready");
    expect(summary([good, bad, { name: "c", status: "skipped", found: "" }])).toBe(
      "1 of 3 failed: mend the first one, then run the doctor again",
    );
  });
});
