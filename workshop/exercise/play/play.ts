import { BrokenApp, CustomerError, type Lab } from "../../lab/index.ts";
import { differences, type Fingerprint, fingerprintOf } from "../../states/tree.ts";
import { brokenApp } from "../report.ts";
import { createBurst } from "../watch/burst.ts";
import { watchFolders } from "../watch/folders.ts";
import { currentPlayground, type Workspace } from "../workspace.ts";
import { createKeys, keysHelp } from "./keys.ts";

export interface PlayOptions {
  readonly lab: Pick<Lab, "play" | "customer">;
  readonly print: (text: string) => void;
  /** Calls back for each key; nobody does where there is no terminal. */
  readonly onKey?: (hear: (key: string) => void) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Runs the attendee's app with its own faults until `q`, and again whenever a file is saved.
 * @throws WorkshopError if no exercise was started
 */
export async function play(workspace: Workspace, { lab, print, onKey, signal }: PlayOptions): Promise<void> {
  const { folder } = workspace.place;
  let seen: Fingerprint = {};
  let saved = Promise.withResolvers<void>();
  const quit = Promise.withResolvers<void>();
  let hasEnded = false;
  let order = 1;
  const end = (): void => {
    hasEnded = true;
    quit.resolve();
  };

  const wishOf = createKeys();
  async function hear(key: string): Promise<void> {
    const wish = wishOf(key);
    if (wish?.kind === "quit") end();
    if (wish?.kind === "order") print(`\nanother order: order-${++order}`);
    if (wish?.kind === "command") {
      await lab.customer(wish.type, `order-${order}`, wish.filling).catch((error: unknown) => {
        if (!(error instanceof CustomerError)) throw error;
        print(error.message);
      });
    }
  }

  const burst = createBurst(() => void lookForChanges().catch(quit.reject));
  const folders = await watchFolders(folder, burst.change);
  async function lookForChanges(): Promise<void> {
    await folders.refresh();
    const { tree } = await currentPlayground(workspace);
    if (differences(seen, fingerprintOf(tree)).length > 0) saved.resolve();
  }

  onKey?.((key) => void hear(key).catch(quit.reject));
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    while (!hasEnded) {
      saved = Promise.withResolvers();
      seen = fingerprintOf((await currentPlayground(workspace)).tree);
      const wait = (): Promise<void> => Promise.race([saved.promise, quit.promise]);
      try {
        await lab.play(folder, async (url) => {
          print(`ready ${url}/api/orders/order-${order}`);
          if (onKey !== undefined) print(keysHelp);
          await wait();
        });
      } catch (error) {
        if (!(error instanceof BrokenApp)) throw error;
        print(brokenApp(error.problems, workspace).join("\n"));
        await wait();
      }
      if (!hasEnded) print("\nsaved: the app starts again …");
    }
  } finally {
    signal.removeEventListener("abort", end);
    burst.cancel();
    folders.close();
  }
}
