import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { makeKit } from "../../workshop/kit/make-kit.ts";
import { npmBy } from "../../workshop/kit/npm.ts";
import type { System } from "../../workshop/lockfile.ts";
import { CommandError, UsageError } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { calledFrom, root } from "../root.ts";

export const usage = `Usage: npx pierogi kit --to FOLDER [--os win32,darwin,linux] [--cpu x64,arm64] [--json]

Makes a folder for a stick, from which this project is installed without a network: source as committed, an npm cache
with all packages for these systems and Node's programs, and a README with the lines to type.
  --to FOLDER   a folder that is empty, or does not exist yet
  --os LIST     systems (default: win32,darwin,linux)
  --cpu LIST    processors (default: x64,arm64)
  --json        what was made, as JSON`;

const known = { os: ["win32", "darwin", "linux"], cpu: ["x64", "arm64"] } as const;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      to: { type: "string" },
      os: { type: "string", default: known.os.join() },
      cpu: { type: "string", default: known.cpu.join() },
      json: { type: "boolean", default: false },
    },
  });
  const to = emptyFolder(values.to);
  const cpus = listOf("--cpu", values.cpu, known.cpu);
  // Node's own programs for Linux are made for glibc alone.
  const systems = listOf("--os", values.os, known.os).flatMap((os) =>
    cpus.map((cpu): System => ({ os, cpu, libc: os === "linux" ? "glibc" : undefined })),
  );
  const npm = process.env["npm_execpath"];
  if (npm === undefined) throw new CommandError("npm did not start this: run it as `npx pierogi kit …`");
  return interruptible(async (signal) => {
    const kit = await makeKit({
      root,
      to,
      systems,
      npm: npmBy(npm, signal),
      now: Date.now,
      onProgress: (what) => console.error(what),
    });
    for (const { node } of kit.systems.filter(({ hasNode }) => !hasNode)) {
      console.error(
        `the registry has no ${node}: on that system Node 24 must be installed, the README says so`,
      );
    }
    if (kit.changed.length > 0) {
      console.error(`not in the kit, since not committed: ${kit.changed.join(", ")}`);
    }
    console.log(
      values.json
        ? JSON.stringify(kit, null, 2)
        : `${to}: ${kit.packages} packages, ${kit.files} files, ${Math.ceil(kit.bytes / 1e6)} MB`,
    );
    return 0;
  }, `stopped; ${to} is not complete`);
}

function emptyFolder(given: string | undefined): string {
  if (given === undefined) throw new UsageError("expected --to FOLDER, where the kit is made");
  const folder = resolve(calledFrom, given);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new UsageError(`--to is "${given}", which is not empty; name a new folder`);
  }
  return folder;
}

function listOf<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  const given = text.split(",");
  const unknown = given.find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `${option} has "${unknown}"; expected some of ${names.join(", ")}, with commas between`,
    );
  }
  return names.filter((name) => given.includes(name));
}
