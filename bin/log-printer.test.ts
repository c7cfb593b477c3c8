import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { logPrinter } from "./log-printer.ts";

function printed(what: "steps" | "warnings"): string[] {
  const lines: string[] = [];
  const print = logPrinter(what, (line) => lines.push(stripVTControlCharacters(line)));
  const host = { server: "host" } as const;
  print({ ...host, level: "information", category: "Worker.stdout", message: "a step" });
  print({ ...host, level: "error", category: "Worker.stderr", message: "a quarantined message" });
  print({ ...host, level: "warning", message: "a lock is lost", functionName: "billing" });
  print({ server: "cosmos", level: "info", category: "output", message: "chatter" });
  return lines;
}

test("steps are left out when asked, what needs attention never", () => {
  const attention = ["a quarantined message", "billing: a lock is lost"];
  expect(printed("warnings")).toEqual(attention);
  expect(printed("steps")).toEqual(["a step", ...attention]);
});
