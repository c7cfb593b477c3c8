import { type SpawnOptions, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { root } from "./root.ts";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a development package's program by the Node in use: no shell, and none of Windows's .cmd files.
 * @returns its output, or empty strings where `stdio` sends it elsewhere
 */
export async function runTool(
  packageName: string,
  args: readonly string[],
  options: SpawnOptions & { readonly program?: string } = {},
): Promise<Finished> {
  const { program = packageName.split("/").at(-1) ?? packageName, ...spawnOptions } = options;
  const folder = join(root, "node_modules", packageName);
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return runNode([join(folder, programOf(manifest, program)), ...args], spawnOptions);
}

/** Runs Node itself with these arguments. */
export function runNode(args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

function programOf(manifest: unknown, program: string): string {
  if (typeof manifest === "object" && manifest !== null && "bin" in manifest) {
    const { bin } = manifest;
    if (typeof bin === "object" && bin !== null && program in bin) {
      return String((bin as Record<string, unknown>)[program]);
    }
  }
  throw new Error(`expected a program ${program} in ${JSON.stringify(manifest)}; run npm ci`);
}
