import process from "node:process";
import { checkPorts, loopback } from "../../emulators/stack/ports.ts";
import { anyPorts, defaultPorts, PortError } from "../../emulators/stack.ts";
import { play } from "../../workshop/exercise/play/play.ts";
import { liveTrace } from "../../workshop/exercise/trace-table.ts";
import { currentPlayground, type Workspace } from "../../workshop/exercise/workspace.ts";
import { startLab } from "../../workshop/lab/index.ts";
import { CommandError } from "../command.ts";
import { interruptible } from "../interrupt.ts";
import { isTerminal, withTerminal } from "./terminal.ts";

/**
 * Runs the attendee's app live, with a line for each step of its messages.
 * @returns the exit code
 * @throws CommandError if a port is taken
 */
export async function playLive(workspace: Workspace, isAnyPort: boolean): Promise<number> {
  await currentPlayground(workspace);
  const { host, serviceBus, cosmos } = isAnyPort ? anyPorts : defaultPorts;
  await checkPorts({ ...anyPorts, host, serviceBus, cosmos }, loopback).catch((error: unknown) => {
    if (!(error instanceof PortError)) throw error;
    throw new CommandError(
      `${error.message}\n\`npx pierogi exercise play --any-ports\` takes free ones; then requests.http needs the address that it prints.`,
      { cause: error },
    );
  });
  const tell = liveTrace(() => process.stdout.columns ?? Number.POSITIVE_INFINITY);
  const lab = await startLab({
    ports: { host, serviceBus, cosmos },
    onStep: (step) => console.log(tell(step)),
    onLog: ({ category, message }) => {
      if (category.endsWith(".User") || category === "Worker.stdout") console.log(`app       ${message}`);
    },
  });
  return interruptible(async (signal) => {
    const options = { lab, print: (text: string) => console.log(text), signal };
    try {
      console.log("starting your app …");
      if (isTerminal()) await withTerminal(({ onKey }) => play(workspace, { ...options, onKey }));
      else await play(workspace, options);
      return 0;
    } finally {
      await lab.close();
    }
  });
}
