import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/** Runs npm. @returns what it printed. @throws an error with its own last words */
export type Npm = (...args: readonly string[]) => Promise<string>;

/**
 * @param program npm's npm-cli.js: no shell, and none of Windows's .cmd files
 * @param signal ends it
 */
export const npmBy =
  (program: string, signal: AbortSignal): Npm =>
  async (...args) => {
    try {
      const options = { maxBuffer: 100_000_000, signal };
      return (await promisify(execFile)(process.execPath, [program, ...args], options)).stdout;
    } catch (error) {
      const words = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      throw new Error(`npm ${args[0]} ${args[1]} failed: ${words}`, { cause: error });
    }
  };

/** Whether the registry does not have what npm asked for. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && /\b(E404|ETARGET)\b/.test(error.message);
