import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { shownFrom } from "../../workshop/exercise/workspace.ts";
import { type Lab, startLab } from "../../workshop/lab/index.ts";
import { beginEdit, finishEdit } from "../../workshop/states/edit.ts";
import { exercisesOf, workshopMaterial } from "../../workshop/states/material.ts";
import { WorkshopError } from "../../workshop/states/problem.ts";
import { parseState, stateName, statesOf } from "../../workshop/states/state.ts";
import { answers } from "../../workshop/verify/answers.ts";
import { readExpected } from "../../workshop/verify/expected.ts";
import { stateLines, summary, traces } from "../../workshop/verify/report.ts";
import { tryAnswers } from "../../workshop/verify/try-answers.ts";
import { update as writeUpdate } from "../../workshop/verify/update.ts";
import { verify } from "../../workshop/verify/verify.ts";
import { CommandError, UsageError } from "../command.ts";
import { lintApp } from "../exercise/lint-app.ts";
import { interruptible } from "../interrupt.ts";
import { wholeNumber } from "../options.ts";
import { root } from "../root.ts";

export const usage = `Usage: npx pierogi workshop verify [--only 3,4] [--repeat N] [--update]
       npx pierogi workshop answers [--only 3,4]
       npx pierogi workshop edit STATE [--done]

For who works on the workshop's material.
  verify      runs the checks of every start and solution, and compares with workshop/expected.json
    --only N,N    these exercises alone
    --repeat N    each state so many times: a check that does not always do the same is a defect (default 1)
    --update      write what came to workshop/expected.json; a solution that fails is never written
              ends with a line such as {"exercises":10,"states":20,"asExpected":20}, exit code 1 if one is not
  answers     runs the checks on other answers than ours (workshop/verify/answers.ts): right ones must pass,
              wrong ones must fail for the right reason
  edit        writes a state (4, 4-start, 4-solution) to .local/workshop-edit/ as a whole app, to be changed there
    --done        takes the change into that state's overlay, and carries it through the later ones`;

const scratch = join(root, ".local", `workshop-${process.pid}`);

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: "string" },
      repeat: { type: "string", default: "1" },
      update: { type: "boolean", default: false },
      done: { type: "boolean", default: false },
    },
  });
  const [name, state, ...more] = positionals;
  const isVerify = name === "verify" && state === undefined;
  const isAnswers = name === "answers" && state === undefined;
  const isEdit = name === "edit" && state !== undefined && more.length === 0;
  if (!isVerify && !isAnswers && !isEdit) {
    throw new UsageError(`expected verify, answers, or edit and a state\n${usage.split("\n\n", 1)}`);
  }
  try {
    if (isEdit) return await edit(state, values.done);
    if (isAnswers) return await judgeAnswers(values.only);
    return await verifyStates(values.only, wholeNumber("--repeat", values.repeat, 1, 1_000), values.update);
  } catch (error) {
    if (error instanceof WorkshopError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

async function edit(text: string, isDone: boolean): Promise<number> {
  const state = parseState(text, await exercisesOf(workshopMaterial));
  const name = `${state.exercise}-${state.part}`;
  const folder = join(root, ".local", "workshop-edit", name);
  if (!isDone) {
    await beginEdit(workshopMaterial, state, folder);
    console.log(`${shownFrom(root)(folder)} is ${stateName(state)} as a whole app: change it there`);
    console.log(`then: npx pierogi workshop edit ${name} --done`);
    return 0;
  }
  const { written, conflicts } = await finishEdit(workshopMaterial, state, folder);
  for (const file of written)
    console.log(`${conflicts.includes(file) ? "CONFLICT" : "written "}  workshop/${file}`);
  console.log(
    conflicts.length === 0
      ? "now: npx pierogi workshop verify"
      : "mend the files with conflicts by hand (look for <<<<<<<), then: npx pierogi workshop verify",
  );
  return conflicts.length === 0 ? 0 : 1;
}

async function verifyStates(only: string | undefined, repeat: number, update: boolean): Promise<number> {
  const material = workshopMaterial;
  const states = statesOf(await wanted(only));
  const before = await readExpected(material);
  return withLab(async (lab, signal) => {
    const found = await verify({
      material,
      lab,
      states,
      expected: before,
      repeat,
      scratch,
      lint: lintApp,
      signal,
      now: () => performance.now(),
      onState: (each) => {
        console.log(stateLines(each));
        if (each.problems.length > 0) console.log(traces(each, 140));
      },
    });
    signal.throwIfAborted();
    if (update) await writeUpdate(material, before, found);
    const counts = summary(states, found, repeat);
    console.log(JSON.stringify(counts));
    return counts.asExpected === counts.states ? 0 : 1;
  });
}

async function judgeAnswers(only: string | undefined): Promise<number> {
  const exercises = await wanted(only);
  const wantedAnswers = answers.filter(({ exercise }) => exercises.includes(exercise));
  return withLab(async (lab, signal) => {
    const asExpected = await tryAnswers({
      material: workshopMaterial,
      lab,
      answers: wantedAnswers,
      scratch,
      signal,
      onAnswer: ({ exercise, name, fails }, problems) => {
        const verdict =
          problems.length > 0 ? "NOT EXPECTED" : Object.keys(fails).length > 0 ? "refused" : "passes";
        console.log(
          [`${verdict.padEnd(12)}  ${exercise}: ${name}`, ...problems.map((problem) => `  ${problem}`)].join(
            "\n",
          ),
        );
      },
    });
    signal.throwIfAborted();
    console.log(JSON.stringify({ answers: wantedAnswers.length, asExpected }));
    return asExpected === wantedAnswers.length ? 0 : 1;
  });
}

function withLab(work: (lab: Lab, signal: AbortSignal) => Promise<number>): Promise<number> {
  return interruptible(async (signal) => {
    await mkdir(scratch, { recursive: true });
    const lab = await startLab();
    try {
      return await work(lab, signal);
    } finally {
      await lab.close();
      await rm(scratch, { recursive: true, force: true, maxRetries: 10 });
    }
  });
}

async function wanted(only: string | undefined): Promise<readonly number[]> {
  const all = await exercisesOf(workshopMaterial);
  if (all.length === 0)
    throw new CommandError("there is nothing to verify: workshop/steps holds no exercise");
  if (only === undefined) return all;
  const numbers = only.split(",").map((text) => wholeNumber("--only", text, 1, 99));
  const unknown = numbers.find((number) => !all.includes(number));
  if (unknown !== undefined) throw new UsageError(`--only names ${unknown}; there are ${all.join(", ")}`);
  return numbers;
}
