import { runChecks } from "../../workshop/exercise/check.ts";
import { report } from "../../workshop/exercise/report.ts";
import { currentPlayground, type Workspace } from "../../workshop/exercise/workspace.ts";
import { interruptible } from "../interrupt.ts";
import { withListenedLab } from "./listened-lab.ts";

/**
 * Runs the checks once and prints what they found.
 * @returns the exit code: 0 if all passed
 */
export async function checkOnce(workspace: Workspace, json: boolean): Promise<number> {
  // Before the servers start: it is said at once if there is nothing to check.
  await currentPlayground(workspace);
  return interruptible(async (signal) => {
    const outcome = await withListenedLab((lab) => runChecks(workspace, lab, { signal }));
    signal.throwIfAborted();
    console.log(json ? JSON.stringify(outcome, null, 2) : report(outcome, workspace));
    return outcome.passed ? 0 : 1;
  });
}
