import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { failed, ok, type Verdict } from "./verdict.ts";

/** The Node that runs this, and where others are. */
export interface NodeFacts {
  /** Like "v24.21.0". */
  readonly running: string;
  /** Whether `npm ci` has put a Node into the project. */
  readonly hasOwn: boolean;
  /** The one that runs npm itself, which is the shell's; undefined if npm did not start this. */
  readonly shell: string | undefined;
}

/** Written for this one; the shell's may be as old as `engines` in package.json allows. */
const wanted = 24;
const oldestShell = 20;

export function nodeVerdict({ running, hasOwn }: NodeFacts): Verdict {
  const enough = major(running) >= wanted;
  if (enough && hasOwn) return ok(running);
  if (enough) return ok(`${running} of this machine; the project's own is not installed, and not needed`);
  return failed(
    `Node ${wanted}`,
    `${running}, ${hasOwn ? "not the project's own" : "since the project's own is not installed"}`,
    hasOwn
      ? "run it as `npx pierogi doctor`, in the project's folder"
      : `\`npm ci --ignore-scripts=false\`: npm did not run the install script of the package \`node\`. Or install Node ${wanted} from https://nodejs.org`,
  );
}

export function shellNodeVerdict({ running, shell = running }: NodeFacts): Verdict {
  if (major(shell) >= oldestShell) return ok(shell);
  return failed(
    `Node ${oldestShell} or newer`,
    shell,
    `install Node ${wanted} from https://nodejs.org, open a new terminal, then \`npm ci\``,
  );
}

const major = (version: string): number => Number(/^v(\d+)\./.exec(version)?.[1]);

/** @param env npm names the Node that runs it in `npm_node_execpath` */
export async function nodeFacts(root: string, env: NodeJS.ProcessEnv): Promise<NodeFacts> {
  const own = join(root, "node_modules/node/bin");
  const npmNode = env["npm_node_execpath"];
  return {
    running: process.version,
    hasOwn: ["node", "node.exe"].some((file) => existsSync(join(own, file))),
    shell: npmNode === undefined ? undefined : await versionOf(npmNode),
  };
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ["--version"]);
  return stdout.trim();
}
