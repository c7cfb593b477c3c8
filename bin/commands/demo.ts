import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { httpUrl } from "../api/local.ts";
import { UsageError } from "../command.ts";
import { dataFolder } from "../data-folder.ts";
import { type Addresses, type Demo, runDemo } from "../demo/demo.ts";
import { progressPrinter } from "../demo/progress.ts";
import { isClean, table } from "../demo/report.ts";
import { logPrinter } from "../log-printer.ts";
import { storeKind, wholeNumber } from "../options.ts";
import { withOwnStack } from "../own-stack.ts";
import { root } from "../root.ts";
import { runningStack } from "../running-stack.ts";

export const usage = `Usage: npx pierogi demo [--orders N] [--seed N] [--instances N] [--stores S] [--data FOLDER] [--json]
       npx pierogi demo --url U --service-bus C --cosmos C [--sql C] [--orders N] [--seed N] [--json]

Makes a mix of orders through the HTTP API, waits until everything is handled, and then looks into queues,
dead letters and stores from outside: was each order, payment and coupon handled exactly once?
Uses the stack that \`pierogi start\` runs, if it does, under ids that nobody has used; otherwise starts one of
its own with nothing in it, and removes it again.
  --orders N       how many orders (default 100)
  --seed N         which mix; the same number makes the same one (default 1)
  --instances N    workers of the stack that it starts (default 1)
  --stores S       keep all endpoints in one store, cosmos or sql, in the stack that it starts (default: each
                   where ORDERS_STORE, BILLING_STORE, MARKETING_STORE say, which is cosmos, sql, cosmos)
  --data FOLDER    use the stack that was started with this --data
  --json           end with the result as one line of JSON
  --url, --service-bus, --cosmos, --sql
                   address and connection strings of another stack
Ends with exit code 1 if anything is lost, duplicated, not asked for, dead-lettered, quarantined or not at rest.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      instances: { type: "string" },
      json: { type: "boolean", default: false },
      url: { type: "string" },
      "service-bus": { type: "string" },
      cosmos: { type: "string" },
      sql: { type: "string" },
      stores: { type: "string" },
      data: { type: "string" },
    },
  });
  const orders = wholeNumber("--orders", values.orders, 1, 1_000_000);
  const seed = wholeNumber("--seed", values.seed, 0, 2 ** 32 - 1);
  const instances = wholeNumber("--instances", values.instances ?? "1", 1, 64);
  const stores = storeKind(values.stores);
  const given = addressesGiven(values);
  const addresses = given ?? (await runningStack(dataFolder(values.data)));
  if (addresses !== undefined && (values.instances ?? values.stores) !== undefined) {
    console.error(
      `uses the stack at ${addresses.url} as it is: --instances and --stores are for one of its own`,
    );
  }
  console.error(
    addresses === undefined
      ? "starting a stack for this run alone …"
      : `on the stack at ${addresses.url}${given === undefined ? ", which runs already" : ""}`,
  );
  const demo = (at: Addresses, prefix: string, signal?: AbortSignal): Promise<Demo> =>
    runDemo({
      addresses: at,
      topologyFile: join(root, "infra/topology/service-bus.json"),
      orders,
      seed,
      prefix,
      onProgress: progressPrinter(process.stderr),
      ...(signal === undefined ? {} : { signal }),
    });
  const done =
    addresses === undefined
      ? await withOwnStack(
          async () => ({
            instances,
            onLog: logPrinter("warnings", console.error),
            ...(stores === undefined ? {} : { stores }),
          }),
          ({ url, connections }, signal) => demo({ url, ...connections }, `demo-${seed}`, signal),
        )
      : await demo(addresses, `demo-${seed}-${Date.now().toString(36)}`);
  console.log(table(done.result, done.findings));
  if (!done.atRest) console.log("  not at rest: what is waiting or unsent has not changed for minutes");
  if (values.json) console.log(JSON.stringify(done.result));
  return done.atRest && isClean(done.result) ? 0 : 1;
}

function addressesGiven(values: {
  url?: string | undefined;
  "service-bus"?: string | undefined;
  cosmos?: string | undefined;
  sql?: string | undefined;
}): Addresses | undefined {
  const { url, "service-bus": serviceBus, cosmos, sql } = values;
  if ([url, serviceBus, cosmos, sql].every((each) => each === undefined)) return undefined;
  if (url === undefined || serviceBus === undefined || cosmos === undefined) {
    throw new UsageError("--url, --service-bus and --cosmos go together: the audit looks into all three");
  }
  return { url: httpUrl(url), serviceBus, cosmos, sql };
}
