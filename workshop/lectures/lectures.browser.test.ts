import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebServer } from "../../web/server.ts";
import { isSkipped, launchBrowser, projector, type Size, why } from "../../web/testing.ts";
import { readLectures } from "./library.ts";
import { serveLectures } from "./server.ts";

const lectures = await readLectures();
const each = lectures.map(({ number, title, slides }) => ({ number, title, count: slides.length }));

/** Elements of the present slide that reach beyond it, or pictures that are not there. */
const problemsOfSlide = `(() => {
  const slide = document.querySelector(".slides > section.present");
  const area = slide.getBoundingClientRect();
  const isShown = (element) => element.closest("aside") === null && element.getClientRects().length > 0;
  const shown = [...slide.querySelectorAll("*")].filter(isShown);
  const isOver = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const scrolls = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    return left < area.left - 1 || top < area.top - 1 || right > area.right + 1 || bottom > area.bottom + 1 || scrolls;
  };
  const isMissing = (element) => element.tagName === "IMG" && element.naturalWidth === 0;
  return shown
    .filter((element) => isOver(element) || isMissing(element))
    .map((element) => element.tagName + " " + (element.getAttribute("src") ?? element.textContent.slice(0, 40)));
})()`;

/** How far each heading is from the left edge of its page. */
const marginsInPrint = `[...document.querySelectorAll(".pdf-page")].map((sheet) =>
  sheet.querySelector("h1, h2").getBoundingClientRect().left - sheet.getBoundingClientRect().left)`;

describe.skipIf(isSkipped)(`lectures in a browser${why}`, () => {
  let server: WebServer;
  let browser: Browser;
  let page: Page;
  let trouble: string[] = [];
  beforeAll(async () => {
    server = await serveLectures(0);
    browser = await launchBrowser();
    const context = await browser.newContext();
    context.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") trouble.push(message.text());
    });
    context.on("weberror", (error) => trouble.push(String(error.error())));
    context.on("request", (sent) => {
      if (!sent.url().startsWith(`${server.url}/`) && !sent.url().startsWith("data:"))
        trouble.push(sent.url());
    });
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Does something in the window. @returns what the console said in anger, and requests to other places */
  async function troubleOf(size: Size, work: () => Promise<void>): Promise<readonly string[]> {
    trouble = [];
    await page.setViewportSize(size);
    await work();
    return trouble;
  }

  const present = (index: number) => `.slides > section:nth-child(${index + 1}).present`;

  describe.each([projector, { width: 1440, height: 900 }])("at $width x $height", (size) => {
    it.each(each)("every slide of L$number fits: $title", async ({ number, count }) => {
      const problems: string[] = [];
      const found = await troubleOf(size, async () => {
        await page.goto(`${server.url}/lecture/${number}`);
        for (let index = 0; index < count; index += 1) {
          await page.waitForSelector(present(index));
          const onSlide = await page.evaluate<string[]>(problemsOfSlide);
          problems.push(...onSlide.map((problem) => `slide ${index + 1}: ${problem}`));
          await page.keyboard.press("ArrowRight");
        }
      });
      expect(problems).toEqual([]);
      expect(found).toEqual([]);
    });
  });

  it("the speaker view shows the notes, and moves with the slides", async () => {
    const found = await troubleOf(projector, async () => {
      await page.goto(`${server.url}/lecture/1`);
      await page.waitForSelector(present(0));
      const opened = page.context().waitForEvent("page");
      await page.keyboard.press("s");
      const speaker = await opened;
      await speaker.getByText("Welcome. We run a start-up").waitFor();
      await page.keyboard.press("ArrowRight");
      await speaker.getByText("Here is the whole company.").waitFor();
      await speaker.close();
    });
    expect(found).toEqual([]);
  });

  it("slides print one to a page, and notes as text", async () => {
    const found = await troubleOf(projector, async () => {
      await page.goto(`${server.url}/lecture/9?print-pdf`);
      await page.waitForSelector(".pdf-page >> nth=9");
      expect(await page.locator(".pdf-page").count()).toBe(lectures[8]?.slides.length);
      const margins = await page.evaluate<number[]>(marginsInPrint);
      expect(Math.min(...margins)).toBeGreaterThan(40);
      expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString()).toBe("%PDF-");
      await page.goto(`${server.url}/notes/9`);
      expect(await page.locator(".said").count()).toBe(lectures[8]?.slides.length);
    });
    expect(found).toEqual([]);
  });

  it("the index leads to each lecture by keyboard", async () => {
    const found = await troubleOf(projector, async () => {
      await page.goto(server.url);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/lecture\/1(#|$)/);
    });
    expect(found).toEqual([]);
  });
});
