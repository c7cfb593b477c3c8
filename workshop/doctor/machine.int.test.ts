import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { anyPorts } from "../../emulators/stack.ts";
import { diskVerdict } from "./disk.ts";
import { nativeVerdict, thisSystem } from "./native-packages.ts";
import { nodeFacts } from "./node-version.ts";
import { takenPorts } from "./ports.ts";

const root = join(import.meta.dirname, "../..");

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("packages with compiled programs", () => {
  const system = { os: "linux", cpu: "x64", libc: "glibc" };
  const lockfile = JSON.stringify({
    packages: Object.fromEntries(
      ["@a/linux", "@b/linux", "@c/linux", "@d/linux"].map((name) => [
        `node_modules/${name}`,
        { version: "1.2.3", os: ["linux"], cpu: ["x64"] },
      ]),
    ),
  });

  async function project(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await scratch();
    for (const [name, text] of Object.entries({ "package-lock.json": lockfile, ...files })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return folder;
  }
  const installed = (name: string, version: string, program = "") => ({
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version }),
    ...(program === "" ? {} : { [`node_modules/${name}/bin/program`]: program }),
  });
  const program = "x".repeat(60_000);

  it("are missed one by one, where npm reported success", async () => {
    const folder = await project({
      ...installed("@a/linux", "1.2.3", program),
      ...installed("@b/linux", "1.0.0", program),
      ...installed("@c/linux", "1.2.3"),
    });
    expect(await nativeVerdict(folder, system)).toMatchObject({
      status: "failed",
      expected: "4 packages for linux x64 glibc",
      found: "@b/linux 1.0.0 instead of 1.2.3, @c/linux without its program, no @d/linux",
      repair: expect.stringMatching(/^`npm ci --include=optional`/),
    });
  });

  it("of a system that the project knows nothing of are missed, too", async () => {
    expect(await nativeVerdict(await project({}), { ...system, cpu: "mips" })).toMatchObject({
      status: "failed",
      found: "none for linux mips glibc",
    });
  });

  it("are all here", async () => {
    expect(await nativeVerdict(root, thisSystem())).toMatchObject({ status: "ok" });
  });
});

describe("ports", () => {
  it("that are taken are named with the process that listens", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await takenPorts({ ...anyPorts, cosmos: port })).toEqual([
      { port, code: "EADDRINUSE", holder: { pid: process.pid, name: expect.stringMatching(/./) } },
    ]);
  });
});

describe("disk", () => {
  it("is made ready and left as it was", async () => {
    const folder = join(await scratch(), "data");
    expect(await diskVerdict(folder)).toMatchObject({
      status: "ok",
      found: expect.stringMatching(/^\d+ MB free/),
    });
  });

  it("that is too full is told with what is wanted", async () => {
    expect(await diskVerdict(await scratch(), 1e18)).toMatchObject({
      status: "failed",
      expected: "1000000000000 MB of free disk",
    });
  });

  it("that can't be written is told with a better place", async () => {
    const file = join(await scratch(), "file");
    await writeFile(file, "");
    expect(await diskVerdict(join(file, "data"))).toMatchObject({
      status: "failed",
      expected: `to write in ${join(file, "data")}`,
      found: expect.stringContaining("ENOTDIR"),
      repair: expect.stringContaining("OneDrive"),
    });
  });
});

describe("Node", () => {
  it("is told from the one that runs npm", async () => {
    expect(await nodeFacts(root, { npm_node_execpath: process.execPath })).toEqual({
      running: process.version,
      hasOwn: true,
      shell: process.version,
    });
  });
});
