/**
 * How the live map's page keeps up with 500 messages a second in Chromium: the time between frames, and how long a
 * click takes to be answered, while made-up events come.
 *
 *     npx node bench/live-map-page.ts [--messages 500] [--seconds 10]
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { wholeNumber } from "../bin/options.ts";
import { root } from "../bin/root.ts";
import { createFaultControl } from "../emulators/faults/index.ts";
import { createLiveMap, type LiveMap } from "../map/server/map.ts";
import { bundlePage } from "../web/bundle.ts";
import { launchBrowser, projector } from "../web/testing.ts";
import { median } from "./turns.ts";

const { values } = parseArgs({
  options: { messages: { type: "string", default: "500" }, seconds: { type: "string", default: "10" } },
});
const perSecond = wholeNumber("--messages", values.messages, 1, 100_000);
const seconds = wholeNumber("--seconds", values.seconds, 1, 600);
/** Milliseconds between two portions of events. */
const EVERY = 20;

/** One message's way through a queue and a store. */
function message(map: LiveMap, n: number): void {
  const queue = ["orders", "billing", "marketing"][n % 3] ?? "orders";
  const id = `m${n}`;
  const shown = { type: "AddItem", properties: { logicalId: id }, body: `{"orderId":"${n % 50}"}` };
  const about = { at: Date.now(), entity: queue, messageId: id, sequence: n };
  const place = { database: "d", container: "endpoints", partitionKey: `["${queue}:${n % 50}"]`, lsn: n };
  const body = JSON.stringify({ outgoing: [{ id: `o${n}`, type: "ItemAdded", body: shown.body }] });
  map.receive("serviceBus", { type: "enqueued", ...about, state: "active", message: shown });
  map.receive("serviceBus", { type: "delivered", ...about });
  map.receive("cosmos", { type: "created", id: `inbox:${id}`, ...place });
  map.receive("cosmos", { type: "created", id: `outbox:${id}`, body, ...place });
  map.receive("serviceBus", {
    ...about,
    type: "published",
    entity: "events",
    message: { ...shown, type: "ItemAdded" },
  });
  map.receive("serviceBus", { type: "completed", ...about });
  map.receive("cosmos", { type: "deleted", id: `outbox:${id}`, ...place, lsn: n + 0.5 });
}

async function flood(map: LiveMap): Promise<number> {
  const start = performance.now();
  let n = 0;
  while (performance.now() - start < seconds * 1000) {
    const wanted = ((performance.now() - start) / 1000) * perSecond;
    while (n < wanted) message(map, ++n);
    await sleep(EVERY);
  }
  return n;
}

/** Milliseconds from a click to the frame that shows its answer, over and over. */
async function clicks(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < seconds; n++) {
    const name = n % 2 === 0 ? "Faults" : "Order";
    const start = performance.now();
    await page.getByRole("tab", { name }).click();
    await page.locator(`[role=tab][aria-selected=true]`, { hasText: name }).waitFor();
    times.push(performance.now() - start);
    await sleep(700);
  }
  return times;
}

const countFrames = `globalThis.frames_ = []; (function next(last) {
  requestAnimationFrame((now) => { globalThis.frames_.push(now - last); next(now); });
})(performance.now());`;

const map = createLiveMap({ now: Date.now, later: (run, milliseconds) => setTimeout(run, milliseconds) });
const server = await map.serve({
  port: 0,
  token: "t",
  assets: () => bundlePage({ page: join(root, "map/page/page.tsx") }),
  api: { url: "http://127.0.0.1:9", token: "" },
  faults: createFaultControl({ servers: {}, onFailure: () => {}, wait: async () => {} }),
});
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: projector });
await page.goto(`${server.url}/#token=t`);
await page.locator(".place").first().waitFor();
await page.evaluate(countFrames);
const [sent, times] = await Promise.all([flood(map), clicks(page)]);
const frames = (await page.evaluate("globalThis.frames_")) as number[];
const sorted = frames.toSorted((a, b) => a - b);
const share = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(0);
console.log(`${sent} messages in ${seconds} s, ${sent * 7} events`);
console.log(
  `frames: ${(frames.length / seconds).toFixed(0)} a second, ${share(0.5)} ms between them, 95 % within ${share(0.95)} ms, longest ${share(0.9999)} ms`,
);
console.log(
  `a click is answered within ${median(times).toFixed(0)} ms (median), ${Math.max(...times).toFixed(0)} ms at most`,
);
console.log(await page.locator(".behind").innerText());
await browser.close();
await server.close();
