import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeState, search, sentenceOf, toTheEnd, violations } from "../../model/index.ts";
import { at } from "../../model/lists.ts";
import type { WebServer } from "../../web/server.ts";
import { isSkipped, launchBrowser, phone, projector, why } from "../../web/testing.ts";
import { buildBoard } from "./build.ts";
import { games } from "./games.ts";
import { serveBoard } from "./server.ts";
import { openTable, reduce, stateOf } from "./table.ts";

const ghost = at(games, 1);

describe.skipIf(isSkipped)(`the board in a browser${why}`, () => {
  let server: WebServer;
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];
  let visits = 0;

  beforeAll(async () => {
    server = await serveBoard(0);
    browser = await launchBrowser();
    const context = await browser.newContext({ reducedMotion: "reduce" });
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") trouble.push(message.text());
    });
    context.on("weberror", (error) => trouble.push(String(error.error())));
    context.on("request", (sent) => {
      const starts = [`${server.url}/`, "data:", "file:", "blob:"];
      if (!starts.some((start) => sent.url().startsWith(start))) trouble.push(sent.url());
    });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(() => {
    expect(trouble.splice(0)).toEqual([]);
  });

  const button = (name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });
  const told = () => page.getByLabel("What has just happened");
  const storyLines = () => page.locator(".story ol > li").allTextContents();
  const answer = () => page.locator(".verdict");

  /** Another address each time: where only the part behind # differs, a browser keeps the page as it is. */
  async function open(id: string, size = projector): Promise<void> {
    await page.setViewportSize(size);
    await page.goto(`${server.url}/?${++visits}#${id}`);
  }

  async function stepToTheEnd(): Promise<void> {
    const next = button(/^Next step/);
    while (await next.isVisible()) await next.click();
  }

  async function inWords(): Promise<string[]> {
    await page.getByText("The table in words").click();
    return page.locator(".in-words li").allTextContents();
  }

  it.each(games)(
    "$id $title: broken by clicks, cured by its switch, and the checker agrees",
    async (game) => {
      await open(game.id);
      const { schedule } = at(game.breaks, 0);
      for (const sentence of schedule) await button(sentence).click();
      const table = schedule.reduce(
        (before) => reduce(before, { type: "step" }),
        reduce(openTable(game), { type: "plan", plan: { title: "", setup: game.setup, schedule } }),
      );
      const broken = violations(game.setup, stateOf(table.run)).find(
        ({ invariant }) => invariant === game.anomaly,
      );
      expect(await told().textContent()).toContain("Nothing moves any more, and it is wrong");
      expect(await told().textContent()).toContain(broken?.sentence);
      expect(await storyLines()).toHaveLength(schedule.length);

      await page.getByLabel(at(at(game.switches, 0).positions, 1).label).check();
      expect(await storyLines()).toEqual([]);
      await button("Ask the checker").click();
      await page.getByText(/no schedule breaks these rules within 3 failures \([\d,]+ states\)/).waitFor();
      await page.getByText(`New rule: ${game.newRule}`).waitFor();
    },
  );

  it.each(games)("$id $title: what the checker found is replayed to the same state", async (game) => {
    const { setup, bound, promises } = game;
    const { counterexample } = toTheEnd(search(setup, { faults: bound, invariants: promises }));
    if (counterexample === undefined) throw new Error("expected the rules at the beginning to break");
    await open(game.id);
    await button("Ask the checker").click();
    await button("Play what it found").click();
    await stepToTheEnd();
    const sentences = counterexample.moves.map((move) => sentenceOf(setup, move));
    const story = (await storyLines()).map((line, index) => line.includes(at(sentences, index)));
    expect(story).toEqual(sentences.map(() => true));
    expect(await inWords()).toEqual(describeState(setup, counterexample.last));
    for (const { sentence } of counterexample.violations)
      expect(await told().textContent()).toContain(sentence);
  });

  it("plays the facilitator's break step by step; undo goes back, and into it again", async () => {
    await open("G2");
    await button("Play the break").click();
    await button("Next step (2 of 5)").click();
    expect(await told().textContent()).toContain("Broker delivers AddItem Meat to handler");
    await button("Undo").click();
    expect(await told().textContent()).toContain("Client sends AddItem Meat");
    await stepToTheEnd();
    expect(await told().textContent()).toContain("5 steps, 1 failure");
    await button("Restart").click();
    expect(await storyLines()).toEqual([]);
    await button("Undo").click();
    expect(await storyLines()).toHaveLength(5);
  });

  it("stops the checker, which then says that it has not decided", async () => {
    await open("free");
    await page.getByText("Receivers", { exact: true }).click();
    await page.getByLabel("Billing's handlers").selectOption("2");
    await page.getByLabel("failures at most").selectOption("4");
    await button("Ask the checker").click();
    await answer().getByText("states so far").waitFor();
    await button("Stop").click();
    expect(await answer().textContent()).toMatch(/not decided: stopped after [\d,]+ states/);
    await button("Ask the checker").waitFor();
  });

  it("says in words which rules do not go together, and plays none of them", async () => {
    await open("free");
    await page.getByText("Rules", { exact: true }).click();
    await page.getByLabel(/^What to tell/).selectOption("recomputed");
    expect(await told().textContent()).toContain('copies "send stored" needs content "stored"');
    expect(await button("Ask the checker").isDisabled()).toBe(true);
    await page.getByLabel(/^What to tell/).selectOption("stored");
    await button("Client sends AddItem Meat").waitFor();
  });

  it("can be played by keyboard only", async () => {
    await open("G2");
    const tabUntil = async (isThere: () => Promise<number>) => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        if ((await isThere()) > 0) return;
      }
      throw new Error("expected to come there by Tab");
    };
    const tabTo = (name: string) => tabUntil(() => button(name).and(page.locator(":focus")).count());
    for (const sentence of at(ghost.breaks, 0).schedule) {
      await tabTo(sentence);
      await page.keyboard.press("Enter");
      // The button is gone, and the keyboard still somewhere on the table.
      await page.locator("main :focus").waitFor();
    }
    expect(await told().textContent()).toContain("was told, but Orders never stored it");
    await tabUntil(() => page.getByLabel("tells, then saves").and(page.locator(":focus")).count());
    await page.keyboard.press("ArrowDown");
    expect(await page.getByLabel("saves, then tells").isChecked()).toBe(true);
    await tabTo("Ask the checker");
    await page.keyboard.press("Space");
    await page.getByText(/no schedule breaks these rules/).waitFor();
  });

  it("leads to the exercise", async () => {
    await open("G4");
    await page.getByRole("link", { name: "Exercise 7" }).click();
    await page.getByRole("heading", { name: "Exercise 7: De-duplicate by id" }).waitFor();
    await page.getByRole("link", { name: "The board" }).click();
    await page.getByRole("heading", { name: "G1 Twice" }).waitFor();
  });

  it("opens from disk: games, the checker, and the way to the exercise", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pierogi board "));
    try {
      await page.goto(`${pathToFileURL(await buildBoard(folder)).href}#G3`);
      await button("Play the break").click();
      await stepToTheEnd();
      expect(await told().textContent()).toContain("ItemAdded of AddItem Meat had no effect");
      await page.getByLabel("is told again").check();
      await button("Ask the checker").click();
      await page.getByText(/no schedule breaks these rules within 3 failures/).waitFor();
      await page.getByRole("link", { name: "Exercise 4" }).click();
      await page.getByRole("heading", { name: "Exercise 4: Broker problems" }).waitFor();
      await page.getByRole("link", { name: "The board" }).click();
      await page.getByRole("heading", { name: "G1 Twice" }).waitFor();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("prints each card on a page of its own", async () => {
    await open("cards");
    const cards = await page.locator(".sheet-a5").count();
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.toString("latin1").match(/\/Type \/Page[^s]/g)).toHaveLength(cards);
  });

  it("has the whole table in sight on a projector, and nothing beside a phone's screen", async () => {
    for (const { id } of games) {
      await open(id);
      const { y, height } = (await page.locator(".chaos").boundingBox()) ?? { y: 0, height: 0 };
      expect(y + height, `${id}: the bottom of the table`).toBeLessThanOrEqual(projector.height);
      expect(height).toBeGreaterThan(0);
      await page.setViewportSize(phone);
      expect(await page.evaluate("document.documentElement.scrollWidth"), id).toBe(phone.width);
    }
  });

  const looks = [projector, phone].flatMap((size) =>
    (["light", "dark"] as const).map((scheme) => ({ ...size, scheme })),
  );
  it.each(looks)("has no fault that axe knows: $scheme, $width x $height", async ({ scheme, ...size }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const look = async (what: string): Promise<void> => {
      await page.evaluate(axe.source);
      const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        `axe.run({ resultTypes: ["violations"] })`,
      );
      expect(
        found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`),
        what,
      ).toEqual([]);
    };
    await open("G7", size);
    await button("Play the break").click();
    for (let step = 0; step < 5; step++) await button(/^Next step/).click();
    await look("in the middle of G7");
    await stepToTheEnd();
    await look("an anomaly");
    await page.getByLabel("have one lane").check();
    await button("Ask the checker").click();
    await page.getByText(/no schedule breaks these rules/).waitFor();
    await look("the checker's answer");
    await open("free", size);
    for (const drawer of await page.locator("summary").all()) await drawer.click();
    await look("the free table");
    await open("cards", size);
    await page.locator(".sheet-a5").first().waitFor();
    await look("the cards");
  });
});
