import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { FaultedServer, Firing, Plan } from "../../emulators/faults/index.ts";
import { comparePrograms, compareTable } from "../chaos/compare.ts";
import { mixOf } from "../chaos/mix.ts";
import { isClean, table } from "../chaos/report.ts";
import { runRounds } from "../chaos/rounds.ts";
import { writeTopology } from "../chaos/topology.ts";
import { UsageError } from "../command.ts";
import { planFrom } from "../fault-plan.ts";
import type { StoreKind } from "../local-stack.ts";
import { storeKind, wholeNumber } from "../options.ts";
import { withOwnStack } from "../own-stack.ts";
import { calledFrom, root } from "../root.ts";

export const usage = `Usage: npx pierogi chaos [--orders N] [--seed N] [--minutes N] [--instances N]
                          [--plan all|FILE] [--stores S] [--json]
       npx pierogi chaos --compare [--orders N] [--seed N] [--json]

Makes the demo's mix of orders on a stack of its own, while faults of every kind strike servers and workers: refused,
lost, held, doubled and overtaken operations, lost answers and locks, cut connections, killed servers and workers,
frozen workers, clocks that go ahead. Then lifts all faults, replays what was dead-lettered as an operator would, and
looks from outside: was each order, payment and coupon handled exactly once?
  --orders N       how many orders (default 200)
  --seed N         which mix of orders and faults; the same number makes the same ones (default 1)
  --minutes N      go on with as many orders again, with the next seed, until so many minutes are over
  --instances N    workers that compete (default 3)
  --plan FILE      strike with this fault plan instead (emulators/faults/README.md). With the same seed all orders,
                   requests and messages have the same ids again: a rule that names a message (logicalId, at
                   serviceBus or host) strikes the same operation of it in each run. One that only counts strikes at
                   the same count, and which message that is depends on who comes first
  --stores S       keep all endpoints in one store, cosmos or sql (default: each in its own)
  --compare        the same orders and faults against a bare handler (save, then send; no inbox, no outbox) and
                   against this program, side by side (default 60 orders; under a minute on two free cores)
  --json           end with the result as one line of JSON
Ends with exit code 1 if anything is lost, duplicated, not asked for, contradicts itself, or is still dead-lettered, if
anything but the planted poison is in quarantine, or if a kind of fault never struck. Then the plan and the logs stay
in .local/chaos-<seed>/.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: "string" },
      seed: { type: "string", default: "1" },
      minutes: { type: "string" },
      instances: { type: "string" },
      plan: { type: "string" },
      stores: { type: "string" },
      compare: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const orders = wholeNumber("--orders", values.orders ?? (values.compare ? "60" : "200"), 1, 100_000);
  const seed = wholeNumber("--seed", values.seed, 0, 2 ** 32 - 1);
  if (values.compare) {
    const ignored = (["minutes", "instances", "plan", "stores"] as const).find(
      (name) => values[name] !== undefined,
    );
    if (ignored !== undefined)
      throw new UsageError(`--compare has faults, workers and stores of its own; leave out --${ignored}`);
    return compare(orders, seed, values.json);
  }
  const instances = wholeNumber("--instances", values.instances ?? "3", 1, 64);
  const stores = storeKind(values.stores);
  const milliseconds = wholeNumber("--minutes", values.minutes ?? "0", 0, 10_000) * 60_000;
  const { plan = "all" } = values;
  const given = plan === "all" ? undefined : await planFrom(plan);
  const planOf = (round: number): Plan => given ?? mixOf(round, orders, faulted[stores ?? "both"]);

  const log: string[] = [];
  let firings: readonly Firing[] = [];
  const keepAll = (lastSeed: number, more: Readonly<Record<string, string>>): Promise<string> =>
    keep(join(root, ".local", `chaos-${lastSeed}`), {
      "plan.json": JSON.stringify(planOf(lastSeed), null, 2),
      "faults.jsonl": firings.map((firing) => JSON.stringify(firing)).join("\n"),
      "log.txt": log.join("\n"),
      ...more,
    });
  const { report, lastSeed } = await withOwnStack(
    async (folder) => ({
      instances,
      topologyFile: await writeTopology(folder),
      logSteps: true,
      ...(stores === undefined ? {} : { stores }),
      onLog: ({ server, level, message }) =>
        void log.push(`${new Date().toISOString()} ${server} ${level}: ${message}`),
    }),
    (stack, signal) => {
      firings = stack.faults.log;
      return runRounds({ stack, orders, seed, planOf, milliseconds, log, signal });
    },
  ).catch(async (error: unknown) => {
    tellLogs(await keepAll(seed, {}), log);
    throw error;
  });
  console.log(table(report));
  const clean = isClean(report);
  if (!clean) {
    const folder = await keepAll(lastSeed, { "report.json": JSON.stringify(report, null, 2) });
    console.log(
      `\nThe plan and the logs are in ${folder}. To run it once more:\n  npx pierogi chaos --orders ${orders} --seed ${lastSeed} --instances ${instances} --plan ${join(folder, "plan.json")}`,
    );
  }
  if (values.json) console.log(JSON.stringify(report.result));
  return clean ? 0 : 1;
}

/** Servers that take part: one that nobody uses has nothing that could fail. */
const faulted: Readonly<Record<StoreKind | "both", readonly FaultedServer[]>> = {
  both: ["serviceBus", "cosmos", "sql", "host"],
  cosmos: ["serviceBus", "cosmos", "host"],
  sql: ["serviceBus", "sql", "host"],
};

async function compare(orders: number, seed: number, json: boolean): Promise<number> {
  const log: string[] = [];
  const compared = await comparePrograms({
    orders,
    seed,
    onLog: (program, line) => void log.push(`${new Date().toISOString()} ${program} ${line}`),
  }).catch(async (error: unknown) => {
    const folder = await keep(join(root, ".local", `compare-${seed}`), { "log.txt": log.join("\n") });
    tellLogs(folder, log);
    throw error;
  });
  console.log(compareTable(compared));
  if (json) console.log(JSON.stringify(compared));
  const { lost, doubled, inconsistent } = compared.exactlyOnce;
  return lost + doubled + inconsistent === 0 ? 0 : 1;
}

/** Of a run that ended early. */
const tellLogs = (folder: string, log: readonly string[]): void =>
  console.error(`The logs are in ${folder}; the last lines are\n${log.slice(-20).join("\n")}`);

/** @returns the folder, as seen from where the command was called */
async function keep(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), `${text}\n`);
  return relative(calledFrom, folder);
}
