import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../bin/root.ts";
import { runNode } from "../bin/tool.ts";

/** Runs the command line as `npx pierogi` does, from a folder below the project's. */
const pierogi = (...args: string[]) =>
  runNode([join(root, "bin/pierogi.js"), ...args], { cwd: join(root, "shared/pierogi") });

describe("command line", () => {
  it("lists its commands", async () => {
    const { code, stdout, stderr } = await pierogi("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ {2}lint +check formatting/m);
    expect(await pierogi()).toEqual({ code, stdout, stderr });
  });

  it("shows a command's usage, asked either way", async () => {
    const asked = await pierogi("help", "lint");
    expect(asked.stdout).toContain("Usage: npx pierogi lint");
    expect(await pierogi("lint", "--help")).toEqual(asked);
  });

  it("names the command that was probably meant", async () => {
    expect(await pierogi("tset")).toEqual({
      code: 2,
      stdout: "",
      stderr: 'pierogi: unknown command "tset"; did you mean "test"?\n',
    });
  });

  it("tells which schedule shows that a rule is broken", async () => {
    const { code, stdout } = await pierogi("sabotage", "--only", "unwritten-state", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        rule: 5,
        isCaught: true,
        catches: [
          {
            by: "crash matrix",
            noticed: "nothing is processed twice",
            schedule: expect.stringContaining("takes longer than records are kept"),
          },
        ],
      },
    ]);
    expect(await pierogi("sabotage", "--only", "everything")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected one of random-ids,"),
    });
  });

  it("passes arguments on to vitest and ends with its count", async () => {
    const { code, stdout } = await pierogi("test", "--project", "unit", "bin/nearest");
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/);
  });
});
