import { z } from "zod";

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
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

/** A package that npm installs from the registry. */
export interface LockedPackage {
  /** The place below the project, `node_modules/@esbuild/linux-x64`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Whether it holds a compiled program for some systems only. */
  readonly isNative: boolean;
  readonly isMeantFor: (system: System) => boolean;
}

/** The packages of a package-lock.json, without the project's own and those inside of another's archive. */
export function lockedPackages(lockfile: string): LockedPackage[] {
  const { packages } = Lockfile.parse(JSON.parse(lockfile));
  return Object.entries(packages).flatMap(([path, { name, version, link, inBundle, os, cpu, libc }]) => {
    if (version === undefined || link || inBundle || !path.includes("node_modules/")) return [];
    return {
      path,
      name: name ?? path.replace(/^.*node_modules\//, ""),
      version,
      isNative: os !== undefined || cpu !== undefined,
      isMeantFor: (system) => allows(os, system.os) && allows(cpu, system.cpu) && allows(libc, system.libc),
    };
  });
}

/** npm's rule: one of the list, or none of those with a "!". */
function allows(list: readonly string[] | undefined, value: string | undefined): boolean {
  if (list === undefined || value === undefined) return true;
  if (list.includes(`!${value}`)) return false;
  const wanted = list.filter((each) => !each.startsWith("!"));
  return wanted.length === 0 || wanted.includes(value);
}
