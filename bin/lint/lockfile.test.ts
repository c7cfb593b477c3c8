import { describe, expect, it } from "vitest";
import { lockfileProblems } from "./lockfile.ts";

const lock = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages });

describe("lockfile check", () => {
  it("accepts a lockfile that holds the packages of every platform, wherever they are hoisted to", () => {
    const text = lock({
      "": {},
      "emulators/cosmos": {},
      "node_modules/@pierogi/cosmos": { resolved: "emulators/cosmos", link: true },
      "node_modules/tool": { optionalDependencies: { "tool-linux": "1.0.0", "tool-win": "1.0.0" } },
      "node_modules/tool-linux": {},
      "node_modules/tool/node_modules/tool-win": {},
      "node_modules/a/node_modules/@scope/b": { optionalDependencies: { near: "1", far: "1" } },
      "node_modules/a/node_modules/near": {},
      "node_modules/far": {},
    });
    expect(lockfileProblems(text)).toEqual([]);
  });

  it("names the package of another platform that is missing", () => {
    const text = lock({
      "node_modules/@biomejs/biome": { optionalDependencies: { "@biomejs/cli-win32-x64": "2.6.8" } },
      "node_modules/other/node_modules/@biomejs/cli-win32-x64": {},
    });
    expect(lockfileProblems(text)).toEqual([
      expect.stringContaining(
        "lacks @biomejs/cli-win32-x64@2.6.8, an optional package of node_modules/@biomejs/biome",
      ),
    ]);
  });

  it("finds optional packages of a workspace", () => {
    const text = lock({ "emulators/cosmos": { optionalDependencies: { fast: "1" } } });
    expect(lockfileProblems(text)).toHaveLength(1);
    const locked = lock({
      "emulators/cosmos": { optionalDependencies: { fast: "1" } },
      "node_modules/fast": {},
    });
    expect(lockfileProblems(locked)).toEqual([]);
  });

  it("refuses registry addresses, which tie the lockfile to one mirror", () => {
    const text = lock({ "node_modules/a": { resolved: "https://mirror.example/a.tgz" } });
    expect(lockfileProblems(text)).toEqual([expect.stringContaining("https://mirror.example/a.tgz")]);
  });
});
