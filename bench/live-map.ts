/**
 * What the live map costs: the demo's time while its server hears of everything and a page listens, by its time
 * without, on two stacks that take turns.
 *
 *     npx node bench/live-map.ts [--orders 200] [--rounds 6]
 */
import { parseArgs } from "node:util";
import { wholeNumber } from "../bin/options.ts";
import { withOwnStack } from "../bin/own-stack.ts";
import { prepareMap } from "../bin/show-map.ts";
import { ratioOfDemos, shown } from "./turns.ts";

const { values } = parseArgs({
  options: { orders: { type: "string", default: "200" }, rounds: { type: "string", default: "6" } },
});
const orders = wholeNumber("--orders", values.orders, 1, 100_000);
const rounds = wholeNumber("--rounds", values.rounds, 1, 1000);

/** Reads the map's stream as a page does. @returns how many bytes came */
async function listen(address: string, signal: AbortSignal): Promise<number> {
  const { origin, hash } = new URL(address);
  const authorization = `Bearer ${hash.replace("#token=", "")}`;
  let bytes = 0;
  try {
    const response = await fetch(`${origin}/events`, { headers: { authorization }, signal });
    for await (const chunk of response.body ?? []) bytes += chunk.length;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return bytes;
}

const prepared = prepareMap([]);
// Telemetry has a benchmark of its own.
const { onEvent, onFired } = prepared.events;
await withOwnStack(
  async () => ({}),
  (without) =>
    withOwnStack(
      async () => ({ onEvent, onFired }),
      async (stack) => {
        const map = await prepared.serve(stack);
        const closed = new AbortController();
        const listening = listen(map.address, closed.signal);
        const ratio = await ratioOfDemos({ without, with: stack }, { orders, rounds });
        closed.abort();
        console.log(`streamed ${((await listening) / 1e6).toFixed(1)} MB`);
        console.log(shown(ratio, { orders, rounds }));
        await map.close();
      },
    ),
);
