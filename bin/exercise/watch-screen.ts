import { watch } from "../../workshop/exercise/watch/watch.ts";
import { currentPlayground, type Workspace } from "../../workshop/exercise/workspace.ts";
import { checkOnce } from "./check-once.ts";
import { withListenedLab } from "./listened-lab.ts";
import { isTerminal, withTerminal } from "./terminal.ts";

/**
 * The screen that runs the checks whenever a file is saved; where there is no terminal, the checks once.
 * @returns the exit code
 */
export async function watchScreen(workspace: Workspace): Promise<number> {
  if (!isTerminal()) return checkOnce(workspace, false);
  await currentPlayground(workspace);
  await withListenedLab((lab) => withTerminal((terminal) => watch(workspace, lab, terminal)));
  return 0;
}
