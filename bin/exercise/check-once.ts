import process from "node:process";
import { runChecks } from "../../workshop/exercise/check.ts";
import { report } from "../../workshop/exercise/report.ts";
import { currentPlayground, type Workspace } from "../../workshop/exercise/workspace.ts";
import { CommandError } from "../command.ts";
import { onInterrupt } from "../interrupt.ts";
import { withListenedLab } from "./listened-lab.ts";

/**
 * Runs the checks once and prints what they found.
 * @returns the exit code: 0 if all passed
 */
export async function checkOnce(workspace: Workspace, json: boolean): Promise<number> {
  // Before the servers start: it is said at once if there is nothing to check.
  await currentPlayground(workspace);
  const stopped = new AbortController();
  const forget = onInterrupt(
    () => stopped.abort(),
    () => process.exit(130),
  );
  try {
    const outcome = await withListenedLab((lab) => runChecks(workspace, lab, { signal: stopped.signal }));
    stopped.signal.throwIfAborted();
    console.log(json ? JSON.stringify(outcome, null, 2) : report(outcome, workspace));
    return outcome.passed ? 0 : 1;
  } catch (error) {
    // A Ctrl-C ends the bundler as well, whose complaint about that is no news.
    if (stopped.signal.aborted) throw new CommandError("stopped", { cause: error });
    throw error;
  } finally {
    forget();
  }
}
