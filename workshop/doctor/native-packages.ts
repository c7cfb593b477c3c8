import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { type LockedPackage, lockedPackages, type System } from "../lockfile.ts";
import { failed, ok, type Verdict } from "./verdict.ts";

/** The packages of a lockfile that are made for this system and not for all. */
export const nativePackages = (lockfile: string, system: System): LockedPackage[] =>
  lockedPackages(lockfile).filter(({ isNative, isMeantFor }) => isNative && isMeantFor(system));

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

async function problemOf(root: string, { path, name, version }: LockedPackage): Promise<string | undefined> {
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
