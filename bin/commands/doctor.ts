import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { defaultPorts, portsFrom } from "../../emulators/stack.ts";
import { examine } from "../../workshop/doctor/examine.ts";
import { thisSystem } from "../../workshop/doctor/native-packages.ts";
import { line, summary } from "../../workshop/doctor/verdict.ts";
import { buildFunctions } from "../build.ts";
import { dataFolder } from "../data-folder.ts";
import { interruptible } from "../interrupt.ts";
import { wholeNumber } from "../options.ts";
import { root } from "../root.ts";
import { runningStack } from "../running-stack.ts";

export const usage = `Usage: npx pierogi doctor [--port-base N] [--json]

Checks whether this machine is ready for the workshop: Node, packages with compiled programs, disk, ports, build,
servers, a round trip by the real SDKs, and every kind of fault. What fails is told with its repair.
  --port-base N   look at eight ports from N on instead of the default ones
  --json          the same as JSON
Ends with exit code 1 when a check failed.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { "port-base": { type: "string" }, json: { type: "boolean", default: false } },
  });
  const base = values["port-base"];
  const ports = base === undefined ? defaultPorts : portsFrom(wholeNumber("--port-base", base, 1, 65_528));
  const folder = dataFolder(undefined);
  const ownStack = (await runningStack(folder))?.url;
  return interruptible(async (signal) => {
    const checks = await examine({
      root,
      dataFolder: folder,
      system: thisSystem(),
      env: process.env,
      ports,
      ownStack,
      build: buildElsewhere,
      signal,
      now: Date.now,
      onCheck: (check) => {
        if (!values.json) console.log(line(check));
      },
    });
    const isReady = checks.every(({ status }) => status === "ok");
    console.log(values.json ? JSON.stringify({ isReady, checks }, null, 2) : summary(checks));
    return isReady ? 0 : 1;
  });
}

/** Into a folder that is removed: what is built may be up to date, and that would check nothing. */
async function buildElsewhere(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-doctor-build-"));
  try {
    await buildFunctions(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
