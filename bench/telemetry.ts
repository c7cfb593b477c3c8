/**
 * What telemetry costs: the demo with spans and metrics exported to the local receiver, by the demo without, on two
 * stacks that take turns. On Linux by processor time, too, which does not depend on what else the machine does.
 *
 *     npx node bench/telemetry.ts [--orders 200] [--rounds 6]
 */
import { parseArgs } from "node:util";
import { wholeNumber } from "../bin/options.ts";
import { withOwnStack } from "../bin/own-stack.ts";
import { ratioOfDemos, shown } from "./turns.ts";

const { values } = parseArgs({
  options: { orders: { type: "string", default: "200" }, rounds: { type: "string", default: "6" } },
});
const orders = wholeNumber("--orders", values.orders, 1, 100_000);
const rounds = wholeNumber("--rounds", values.rounds, 1, 1000);

await withOwnStack(
  async () => ({}),
  (without) =>
    withOwnStack(
      async () => ({ telemetry: {} }),
      async (traced) => {
        const ratio = await ratioOfDemos({ without, with: traced }, { orders, rounds });
        const { telemetry } = traced;
        console.log(`spans ${(telemetry?.spans().length ?? 0) + (telemetry?.dropped().spans ?? 0)}`);
        console.log(shown(ratio, { orders, rounds }));
      },
    ),
);
