import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../bin/local-stack.ts";
import { prepareMap, type ShownMap } from "../bin/show-map.ts";
import { anyPorts } from "../emulators/stack.ts";
import { isSkipped, launchBrowser, phone, projector, type Size, why } from "../web/testing.ts";

/** Milliseconds for what takes servers some steps, on a machine that does other things as well. */
const patience = 40_000;

describe.skipIf(isSkipped)(`the live map in a browser${why}`, () => {
  let folder: string;
  let stack: LocalStack;
  let map: ShownMap;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let trouble: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pierogi-map-"));
    const prepared = prepareMap([]);
    stack = await startLocalStack({ ports: anyPorts, dataFolder: folder, ...prepared.events });
    map = await prepared.serve(stack);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await map?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  beforeEach(async () => {
    trouble = [];
    await open(projector);
  });
  afterEach(async () => {
    await stack.faults.setPlan({ seed: 1, rules: [] });
    await context.close();
    expect(trouble).toEqual([]);
  });

  async function open(viewport: Size, colorScheme: "light" | "dark" = "light"): Promise<void> {
    await context?.close();
    context = await browser.newContext({ viewport, colorScheme });
    context.on("console", (message) => {
      // An order that does not exist yet is asked for all the same.
      const isExpected = message.text().includes("404 (Not Found)");
      if (message.type() === "error" && !isExpected) trouble.push(message.text());
    });
    context.on("weberror", (error) => trouble.push(String(error.error())));
    context.on("request", (sent) => {
      if (!sent.url().startsWith(new URL(map.address).origin) && !sent.url().startsWith("data:")) {
        trouble.push(`a request to ${sent.url()}`);
      }
    });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    await page.goto(map.address);
    await place("queue:orders").waitFor();
  }

  const tab = (name: string) => page.getByRole("tab", { name }).click();
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const place = (node: string) => page.locator(`[data-node="${node}"]`);
  const sees = (text: string | RegExp) => page.getByText(text).first().waitFor();

  async function begin(order: string, filling = "Meat"): Promise<void> {
    await page.getByRole("textbox", { name: "Order" }).fill(order);
    await page.getByLabel("Filling").selectOption(filling);
    await button("Add").click();
    await sees(`Add, order ${order}: accepted`);
  }

  async function submit(order: string): Promise<void> {
    await button("Submit order").click();
    await sees(`Submit, order ${order}: accepted`);
  }

  it("keeps the token out of the address, and says when it has none", async () => {
    expect(page.url()).not.toContain("token");
    await page.reload();
    await place("queue:orders").waitFor();
    expect(await page.getByRole("alert").allTextContents()).toEqual([]);
    const other = await context.newPage();
    await other.goto(new URL("/", map.address).href);
    await other.getByText("open the address that `npm start` printed").waitFor();
    trouble = trouble.filter((text) => !text.includes("401 (Unauthorized)"));
  });

  it("places an order, and shows it paid and what it went through", async () => {
    await begin("shown");
    await submit("shown");
    await sees(/Order shown is paid: 2 Meat, 44.00 USD/);
    await place("store:orders").getByText("Cosmos DB").waitFor();
    await place("store:billing").getByText("SQL Server").waitFor();
    await button("Story").click();
    await sees("The story of order shown");
    await page.locator(".story li", { hasText: "PaymentBooked of order shown is published" }).waitFor();
    await page.locator(".costs tr", { hasText: "SubmitOrder" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), button("Export").click()]);
    expect(download.suggestedFilename()).toBe("order-shown.story.json");
  });

  it("breaks the broker: the lost answer, the second copy, and the recovery", async () => {
    await place("queue:orders").click();
    await button("⚡ Broker takes a send, its answer is lost: orders").click();
    await sees(/struck 0 of 1/);
    await tab("Order");
    await begin("broken");
    await sees(/AddItem of order broken waits in queue orders, copy 2/);
    await tab("Faults");
    await page.locator(".strikes li", { hasText: "loseAnswer at queue orders" }).waitFor();
    await tab("Order");
    await submit("broken");
    // Two copies, one portion of each.
    await sees(/Order broken is paid: 2 Meat/);
  });

  it("kills a server and shows it come back with what it held", async () => {
    await tab("Faults");
    await button("Service Bus").click();
    await sees("✕ Service Bus is down");
    await sees("✓ Service Bus");
    await tab("Order");
    await begin("killed");
  });

  it("replays a dead letter, after it has asked", async () => {
    await place("function:billing").click();
    await button("⚡ The function fails ten times: billing").click();
    await sees(/struck 0 of 10/);
    await tab("Order");
    await begin("dead");
    await submit("dead");
    await place("queue:billing").getByText("✕ 1 dead").waitFor();
    await place("queue:billing").click();
    await sees("billing/$deadletterqueue: 1");
    await page.locator(".rows summary", { hasText: "order dead" }).click();
    await sees("MaxDeliveryCountExceeded");
    await button("Replay …").click();
    await button("Leave it").click();
    await button("Replay …").click();
    await button("Replay").click();
    await sees("1 replayed, 0 failed");
    await tab("Order");
    await sees(/Order dead is paid/);
    await place("queue:billing").getByText("empty").waitFor();
  });

  it("stands still, goes step by step, and catches up", async () => {
    await begin("still");
    await page.getByLabel("pause").check();
    await submit("still");
    await sees(/\d+ events behind/);
    const behind = async () => Number.parseInt(await page.locator(".behind").innerText(), 10);
    await expect.poll(behind, { timeout: patience }).toBeGreaterThan(5);
    await sees(/Order still is paid/);
    const before = await behind();
    await button("Step").click();
    await expect.poll(behind, { timeout: patience }).toBeLessThan(before);
    await page.getByLabel("live").check();
    await sees("up to date");
  });

  it("can be used with the keyboard alone", async () => {
    await page.getByRole("textbox", { name: "Order" }).focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("keyed");
    for (const key of ["Tab", "Tab", "Tab", "Tab"]) await page.keyboard.press(key);
    await page.keyboard.press("Enter");
    await sees(/Add, order keyed: accepted/);
    await place("queue:marketing").getByRole("button").focus();
    await page.keyboard.press("Enter");
    await sees("Look into");
    await page.locator("[role=tab][aria-selected=true]").focus();
    await page.keyboard.press("ArrowRight");
    await sees(/The story of order/);
  });

  it.each([
    ["a projector", projector, "light"],
    ["a projector", projector, "dark"],
    ["a phone", phone, "light"],
    ["a phone", phone, "dark"],
  ] as const)(
    "shuts nobody out and needs no scrolling sideways: %s, %o, %s",
    async (_what, viewport, scheme) => {
      await open(viewport, scheme);
      for (const name of ["Order", "Faults", "Places", "Story"]) {
        await tab(name);
        await page.evaluate(axe.source);
        const found = await page.evaluate(async () => {
          const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        });
        expect(found).toEqual([]);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(viewport.width);
      }
    },
  );
});
