import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { failed, ok, type Verdict } from "./verdict.ts";

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      os: z.array(z.string()).optional(),
      cpu: z.array(z.string()).optional(),
      libc: z.array(z.string()).optional(),
    }),
  ),
});

/** What decides which packages with compiled programs a machine needs: npm's names. */
export interface System {
  /** linux, darwin, win32, … */
  readonly os: string;
  /** x64, arm64, … */
  readonly cpu: string;
  /** Of Linux: glibc or musl. */
  readonly libc: string | undefined;
}

interface NativePackage {
  /** The place below the project, `node_modules/@esbuild/linux-x64`. */
  readonly path: string;
  readonly version: string;
}

/** The packages of a lockfile that are made for this system alone. */
export function nativePackages(lockfile: string, system: System): NativePackage[] {
  const { packages } = Lockfile.parse(JSON.parse(lockfile));
  return Object.entries(packages).flatMap(([path, { version = "", os, cpu, libc }]) => {
    if (os === undefined && cpu === undefined) return [];
    const isMeant = allows(os, system.os) && allows(cpu, system.cpu) && allows(libc, system.libc);
    return isMeant ? [{ path, version }] : [];
  });
}

/** npm's rule: one of the list, or none of those with a "!". */
function allows(list: readonly string[] | undefined, value: string | undefined): boolean {
  if (list === undefined || value === undefined) return true;
  if (list.includes(`!${value}`)) return false;
  const wanted = list.filter((each) => !each.startsWith("!"));
  return wanted.length === 0 || wanted.includes(value);
}

/** Whether everything with a compiled program is there: npm reports success without it. */
export async function nativeVerdict(root: string, system: System): Promise<Verdict> {
  const wanted = nativePackages(await readFile(join(root, "package-lock.json"), "utf8"), system);
  const problems = await Promise.all(wanted.map((each) => problemOf(root, each)));
  const found = problems.filter((problem) => problem !== undefined);
  const name = [system.os, system.cpu, system.libc].filter((part) => part !== undefined).join(" ");
  if (wanted.length === 0) {
    return failed(
      "packages for this system in package-lock.json",
      `none for ${name}`,
      "use Windows, macOS or Linux on an x64 or arm64 processor",
    );
  }
  if (found.length === 0) return ok(`all ${wanted.length} for ${name}`);
  return failed(
    `${wanted.length} packages for ${name}`,
    found.join(", "),
    "`npm ci --include=optional` (npm calls an install without them a success); if it stays so, the registry or a virus scanner withholds them: install from the stick",
  );
}

/** A compiled program is larger than this, what only describes one is smaller. */
const leastBytes = 50_000;

async function problemOf(root: string, { path, version }: NativePackage): Promise<string | undefined> {
  const name = path.replace(/^.*node_modules\//, "");
  const folder = join(root, path);
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const { version: installed } = z.object({ version: z.string() }).parse(manifest);
    if (installed !== version) return `${name} ${installed} instead of ${version}`;
  } catch {
    return `no ${name}`;
  }
  return (await largestFile(folder)) < leastBytes ? `${name} without its program` : undefined;
}

async function largestFile(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return Math.max(0, ...sizes);
}

/** This machine, as npm sees it. */
export function thisSystem(): System {
  return { os: process.platform, cpu: process.arch, libc: process.platform === "linux" ? libc() : undefined };
}

/** Node's own report names the C library's version only where it is glibc. */
function libc(): string {
  const Report = z.object({ header: z.object({ glibcVersionRuntime: z.string().optional() }) });
  return Report.parse(process.report.getReport()).header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}
