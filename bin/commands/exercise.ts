import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { applySolution, next, reset, restore, start } from "../../workshop/exercise/change.ts";
import { diff, hint, list, listed, savedList, solution } from "../../workshop/exercise/show.ts";
import { hintLevels } from "../../workshop/exercise/step.ts";
import { shownFrom, type Workspace } from "../../workshop/exercise/workspace.ts";
import { placeAt } from "../../workshop/playground/playground.ts";
import { exercisesOf, workshopMaterial } from "../../workshop/states/material.ts";
import { WorkshopError } from "../../workshop/states/problem.ts";
import { rangeOf } from "../../workshop/states/state.ts";
import { CommandError, UsageError } from "../command.ts";
import { nearest } from "../nearest.ts";
import { wholeNumber } from "../options.ts";
import { calledFrom, root } from "../root.ts";

export const usage = `Usage: npx pierogi exercise [--folder F]
       npx pierogi exercise start N | next | reset
       npx pierogi exercise check [--json] | hint [1-3] | diff [--solution] | solution [--apply]
       npx pierogi exercise list [--json] | restore [NAME]
       npx pierogi exercise play [--any-ports]

The workshop's exercises, in playground/. Alone it is a screen that runs the checks whenever you save.
  start N    writes the start of exercise N, whatever you have finished before
  next       the same of the one that follows
  reset      the start of the current one again
  check      runs its checks once; exit code 1 when one failed
  hint       the first of three hints, or the one that you name
  diff       what you have changed, or with --solution what the solution would still change
  solution   shows it and why it works; --apply writes it
  list       all exercises, and where you are
  restore    what was saved before something else was written over it; NAME brings it back
  play       runs your app with its faults, and shows what happens to each order
  --folder F     another folder than playground/, below this project, whose packages it uses
  --json         check, list: as JSON
  --any-ports    play: free ports instead of 7071, 5672 and 8081
Work that differs from what was written is copied to saved/ before anything is written over it.`;

const options = {
  folder: { type: "string" },
  json: { type: "boolean", default: false },
  apply: { type: "boolean", default: false },
  solution: { type: "boolean", default: false },
  "any-ports": { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parse>["values"];
type Action = (workspace: Workspace, argument: string | undefined, values: Values) => Promise<number>;

const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options });

const actions: Readonly<Record<string, Action>> = {
  // Servers and SDKs take seconds to load, and most actions need none of them.
  watch: async (workspace) => (await import("../exercise/watch-screen.ts")).watchScreen(workspace),
  start: async (workspace, number) => {
    if (number === undefined) throw new UsageError("expected a number, as in `npx pierogi exercise start 1`");
    if (!/^\d+$/.test(number)) {
      const range = rangeOf(await exercisesOf(workspace.material));
      throw new UsageError(`the exercise is "${number}"; expected a number of ${range}`);
    }
    return say(await start(workspace, Number(number)));
  },
  next: async (workspace) => say(await next(workspace)),
  reset: async (workspace) => say(await reset(workspace)),
  check: async (workspace, _, { json }) =>
    (await import("../exercise/check-once.ts")).checkOnce(workspace, json),
  play: async (workspace, _, values) =>
    (await import("../exercise/play-live.ts")).playLive(workspace, values["any-ports"]),
  hint: async (workspace, word = "1") => {
    const level = wholeNumber("the hint", word, 1, hintLevels.length);
    const more = level < hintLevels.length ? [`\nThe next one: npx pierogi exercise hint ${level + 1}`] : [];
    return say([(await hint(workspace, level)).trimEnd(), ...more].join("\n"));
  },
  diff: async (workspace, _, values) => say(await diff(workspace, values.solution ? "solution" : "start")),
  solution: async (workspace, _, { apply }) =>
    say(apply ? await applySolution(workspace) : await solution(workspace)),
  list: async (workspace, _, { json }) =>
    say(json ? JSON.stringify(await listed(workspace), null, 2) : await list(workspace)),
  restore: async (workspace, name) =>
    say(name === undefined ? await savedList(workspace) : await restore(workspace, name)),
};

/** Those that take one more word. */
const withArgument = ["start", "hint", "restore"];

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [name = "watch", argument, ...more] = positionals;
  const action = actions[name];
  if (action === undefined) throw new UsageError(unknown(name));
  const unexpected = withArgument.includes(name) ? more[0] : (argument ?? more[0]);
  if (unexpected !== undefined)
    throw new UsageError(`unexpected argument "${unexpected}"\n${usage.split("\n\n", 1)}`);
  try {
    return await action(workspaceAt(values.folder), argument, values);
  } catch (error) {
    if (error instanceof WorkshopError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

function workspaceAt(folder: string | undefined): Workspace {
  const path = folder === undefined ? join(root, "playground") : resolve(calledFrom, folder);
  const shown = shownFrom(root);
  if (shown(path) === path || path === root) {
    throw new UsageError(`--folder is ${path}; expected a folder below ${root}, whose packages the app uses`);
  }
  return {
    material: workshopMaterial,
    place: placeAt(path),
    now: () => new Date(),
    shown,
    width: Math.min(process.stdout.columns ?? 100, 120),
  };
}

function unknown(name: string): string {
  const meant = nearest(name, Object.keys(actions));
  const hint = meant === undefined ? "see `npx pierogi help exercise`" : `did you mean "${meant}"?`;
  return `unknown word "${name}" after exercise; ${hint}`;
}

function say(text: string): number {
  console.log(text);
  return 0;
}
