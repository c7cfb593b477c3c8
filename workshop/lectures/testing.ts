import { existsSync } from "node:fs";
import process from "node:process";

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The browser for tests: the one that CHROMIUM names, or one where systems put it; undefined if there is none. */
export const chromium = process.env["CHROMIUM"] ?? usual.find((path) => existsSync(path));
