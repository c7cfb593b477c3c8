import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, chromium as engine } from "playwright-core";

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser for tests: the one that CHROMIUM names, or one where systems put it; undefined if there is none. */
const chromium = process.env["CHROMIUM"] ?? usual.find((path) => existsSync(path));

/** Tests of pages are left out where there is no browser, but for CI: there its absence fails. */
export const isSkipped = chromium === undefined && process.env["CI"] !== "true";
/** To be said behind the name of such tests. */
export const why = isSkipped ? " (skipped: no Chromium here; install one, or set CHROMIUM to its path)" : "";

export interface Size {
  readonly width: number;
  readonly height: number;
}
export const projector: Size = { width: 1280, height: 720 };
export const phone: Size = { width: 390, height: 844 };

/** @throws Error where there is no Chromium */
export async function launchBrowser(): Promise<Browser> {
  if (chromium === undefined) throw new Error("expected Chromium; install one, or set CHROMIUM to its path");
  return engine.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}
