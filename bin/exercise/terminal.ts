import process from "node:process";
import type { Terminal } from "../../workshop/exercise/watch/watch.ts";

const clear = "\u001b[2J\u001b[H";

/** Whether keys can be read and a screen can be drawn. */
export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Gives the terminal to `work` in raw mode, and puts it back however that ends. */
export async function withTerminal<T>(work: (terminal: Terminal) => Promise<T>): Promise<T> {
  const { stdin, stdout } = process;
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const restore = (): void => {
    if (stdin.isRaw) stdin.setRawMode(false);
  };
  const listeners: ((key: string) => void)[] = [];
  const pressed = (key: string): void => {
    for (const hear of listeners) hear(key);
  };
  // Another process asks this one to end, or the window is closed.
  const terminated = (): void => pressed("\u0003");
  // Pasted text comes as one: only its first character counts.
  const typed = (text: string): void => pressed(text.startsWith("\u001b") ? text : text.charAt(0));
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  process.on("exit", restore);
  for (const signal of signals) process.on(signal, terminated);
  stdin.on("data", typed);
  const resized: (() => void)[] = [];
  try {
    return await work({
      size: () => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 }),
      draw: (lines) => stdout.write(`${process.env["TERM"] === "dumb" ? "\n" : clear}${lines.join("\n")}\n`),
      onKey: (hear) => void listeners.push(hear),
      onResize: (hear) => {
        resized.push(hear);
        stdout.on("resize", hear);
      },
    });
  } finally {
    for (const hear of resized) stdout.off("resize", hear);
    for (const signal of signals) process.off(signal, terminated);
    stdin.off("data", typed);
    stdin.pause();
    restore();
    process.off("exit", restore);
  }
}
