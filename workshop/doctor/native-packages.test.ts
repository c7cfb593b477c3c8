import { describe, expect, it } from "vitest";
import { nativePackages } from "./native-packages.ts";

const version = "1.0.0";
const lockfile = JSON.stringify({
  packages: {
    "": {},
    "node_modules/zod": { version },
    "node_modules/linux-x64-gnu": { version, os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
    "node_modules/linux-x64-musl": { version, os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    "node_modules/a/node_modules/darwin-arm64": { version, os: ["darwin"], cpu: ["arm64"] },
    "node_modules/fsevents": { version, os: ["darwin"] },
    "node_modules/wasm": { version, cpu: ["wasm32"] },
    "node_modules/no-windows": { version, os: ["!win32"] },
  },
});
const paths = (os: string, cpu: string, libc?: string) =>
  nativePackages(lockfile, { os, cpu, libc }).map(({ path }) => path.replace("node_modules/", ""));

describe("packages with compiled programs", () => {
  it.each([
    ["linux", "x64", "glibc", ["linux-x64-gnu", "no-windows"]],
    ["linux", "x64", "musl", ["linux-x64-musl", "no-windows"]],
    ["darwin", "arm64", undefined, ["a/node_modules/darwin-arm64", "fsevents", "no-windows"]],
    ["darwin", "x64", undefined, ["fsevents", "no-windows"]],
    ["win32", "x64", undefined, []],
  ])("of %s %s %s", (os, cpu, libc, expected) => {
    expect(paths(os, cpu, libc)).toEqual(expected);
  });
});
