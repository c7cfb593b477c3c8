import { WorkshopError } from "../../states/problem.ts";
import { differences, type Fingerprint, fingerprintOf } from "../../states/tree.ts";
import { applySolution, next, reset, wasLast } from "../change.ts";
import { type Checked, type ListenedLab, type Outcome, runChecks } from "../check.ts";
import { report } from "../report.ts";
import { diff, hint, list, solution } from "../show.ts";
import { hintLevels, readStep, type Step } from "../step.ts";
import { currentPlayground, type Workspace } from "../workspace.ts";
import { createBurst } from "./burst.ts";
import { watchFolders } from "./folders.ts";
import { createRunner } from "./runner.ts";
import { type Model, render, type Size } from "./view.ts";

/** A terminal in raw mode. */
export interface Terminal {
  readonly size: () => Size;
  /** Shows these lines and nothing else. */
  draw(lines: readonly string[]): void;
  /** One character, or the sequence of a key. */
  onKey(hear: (key: string) => void): void;
  onResize(hear: () => void): void;
}

/** How often the minutes are looked at; nothing depends on it. */
const clockEvery = 15_000;

/**
 * The screen of an exercise: runs the checks whenever a file is saved, until `q` or Ctrl-C.
 * @throws WorkshopError if no exercise was started
 */
export async function watch(workspace: Workspace, lab: ListenedLab, terminal: Terminal): Promise<void> {
  const { place, material, now } = workspace;
  const quit = Promise.withResolvers<void>();
  let step = await stepNow();
  let startedAt = new Date((await currentPlayground(workspace)).progress.startedAt);
  let soFar: Checked[] = [];
  let outcome: Outcome | undefined;
  let panel: string | undefined;
  let note: string | undefined;
  let question: { readonly text: string; readonly yes: () => Promise<void> } | undefined;
  let hints = 0;
  let isWriting = false;
  /** What the last run has seen. */
  let seen: Fingerprint = {};

  async function stepNow(): Promise<Step> {
    const { progress } = await currentPlayground(workspace);
    return readStep(material, progress.exercise);
  }

  const model = (): Model => ({
    exercise: step.number,
    title: step.title,
    timeBox: step.timeBox,
    minutesUsed: Math.floor((now().getTime() - startedAt.getTime()) / 60_000),
    isRunning: runner.isRunning,
    soFar,
    outcome,
    panel,
    question: question?.text,
    note,
  });
  const draw = (): void => terminal.draw(render(model(), workspace, terminal.size()));

  const runner = createRunner(async (signal) => {
    soFar = [];
    draw();
    try {
      seen = fingerprintOf((await currentPlayground(workspace)).tree);
      const onResult = (checked: Checked): void => {
        soFar.push(checked);
        draw();
      };
      const found = await runChecks(workspace, lab, { signal, onResult });
      if (signal.aborted) return;
      outcome = found;
    } catch (error) {
      explain(error);
    }
  }, draw);

  const burst = createBurst(() => {
    // What is written here is checked when it is complete.
    if (!isWriting) void lookForChanges().catch(explain);
  });

  async function lookForChanges(): Promise<void> {
    await folders.refresh();
    const { tree } = await currentPlayground(workspace);
    // Editors that only touch a file change nothing.
    if (differences(seen, fingerprintOf(tree)).length === 0) return;
    if (question === undefined) panel = undefined;
    runner.request();
  }

  function tell(text: string): void {
    note = text;
    draw();
  }

  /** What the workshop does not explain is a defect of ours: it ends the screen. */
  function explain(error: unknown): void {
    if (error instanceof WorkshopError) tell(error.message);
    else quit.reject(error);
  }

  /** Writes another state, says what was saved, and checks it. */
  async function change(write: (workspace: Workspace) => Promise<string>): Promise<void> {
    isWriting = true;
    try {
      await runner.halt();
      note = (await write(workspace)).split("\n\n", 1)[0];
    } finally {
      isWriting = false;
    }
    [step, startedAt] = [await stepNow(), new Date((await currentPlayground(workspace)).progress.startedAt)];
    [outcome, panel, hints] = [undefined, undefined, 0];
    runner.request();
  }

  const ask = (text: string, yes: () => Promise<void>): void => {
    question = { text, yes };
  };

  const actions: Readonly<Record<string, () => Promise<void> | void>> = {
    h: async () => {
      hints = (hints % hintLevels.length) + 1;
      panel = `${await hint(workspace, hints)}\n\n${hints < hintLevels.length ? "h shows the next one" : ""}`;
    },
    d: async () => {
      panel = await diff(workspace, "start");
    },
    s: async () => {
      panel = await solution(workspace);
      ask("Write the solution into your playground? Your own work is saved first.", () =>
        change(applySolution),
      );
    },
    n: async () => {
      note = await wasLast(workspace, step.number);
      if (note === undefined)
        ask(`Go on to exercise ${step.number + 1}? Your work is saved first.`, () => change(next));
    },
    l: async () => {
      panel = await list(workspace);
    },
    r: () =>
      ask(`Back to the start of exercise ${step.number}? Your work is saved first.`, () => change(reset)),
    f: () => {
      panel = outcome === undefined ? "no check has run yet" : report(outcome, workspace);
    },
  };

  async function hear(key: string): Promise<void> {
    if (question !== undefined) {
      const { yes } = question;
      question = undefined;
      if (key === "y") return yes();
      panel = undefined;
      return;
    }
    note = undefined;
    const action = actions[key];
    if (action === undefined) panel = undefined;
    else await action();
  }

  let hearing: Promise<void> = Promise.resolve();
  terminal.onKey((key) => {
    if (key === "q" || key === "\u0003" || key === "\u0004") return quit.resolve();
    // One after the other: a key may write files.
    hearing = hearing.then(() => hear(key.toLowerCase())).then(draw, explain);
  });
  terminal.onResize(draw);
  const folders = await watchFolders(place.folder, burst.change);
  const clock = setInterval(() => {
    if (panel === undefined) draw();
  }, clockEvery);
  try {
    runner.request();
    await quit.promise;
  } finally {
    clearInterval(clock);
    burst.cancel();
    folders.close();
    await hearing;
    await runner.stop();
  }
}
