import { describe, expect, it } from "vitest";
import type { TraceStep } from "../../lab/index.ts";
import type { Checked, Outcome } from "../check.ts";
import { type Model, render } from "./view.ts";

const reader = { place: { folder: "/p/playground", savedFolder: "/p/saved" }, shown: (path: string) => path };
const plain = { columns: 80, rows: 24 };

const checked = (name: string, exercise: number, message?: string, steps = 0): Checked => ({
  name,
  exercise,
  passed: message === undefined,
  ...(message === undefined ? {} : { message }),
  orders: [{ id: "order-1", trace: Array.from({ length: steps }, (_, n) => stored(n)) }],
  log: [],
  milliseconds: 1,
});
const stored = (n: number): TraceStep => ({
  kind: "stored",
  container: "orders",
  document: { lines: [`Meat ${n}`] },
  n,
  time: 0,
  orderId: "order-1",
});

const outcome = (results: readonly Checked[], more: Partial<Outcome> = {}): Outcome => ({
  exercise: 4,
  title: "Broker problems",
  passed: results.every(({ passed }) => passed),
  problems: [],
  results,
  notRun: [],
  crashes: [],
  edited: [],
  ...more,
});

const model = (more: Partial<Model>): Model => ({
  exercise: 4,
  title: "Broker problems",
  timeBox: 30,
  minutesUsed: 12,
  isRunning: false,
  soFar: [],
  outcome: undefined,
  panel: undefined,
  question: undefined,
  note: undefined,
  ...more,
});

const guards = Array.from({ length: 20 }, (_, index) => checked(`guard ${index}`, 1));
const own = Array.from({ length: 6 }, (_, index) => checked(`own ${index}`, 4));

describe("the screen", () => {
  it("fits 80x24, whatever came of how many checks", () => {
    const failures = Array.from({ length: 12 }, (_, index) => checked(`bad ${index}`, 3, "lost", 40));
    const scenes: readonly Partial<Model>[] = [
      {},
      { isRunning: true, soFar: [...own, ...failures, ...guards] },
      { outcome: outcome([...own, ...guards]) },
      { outcome: outcome([checked("bad", 4, "lost", 40), ...own, ...guards]) },
      { outcome: outcome([...failures, ...own, ...guards]), note: "Your work was copied.\n  it comes back" },
      { outcome: outcome([...failures, ...own], { notRun: ["a"] }), question: "Go on?" },
    ];
    for (const scene of scenes) {
      const lines = render(model(scene), reader, plain);
      expect(lines.length).toBeLessThan(24);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("tells where you are, the first failure with its story, and the keys", () => {
    const bad = checked("Billing hears of it", 4, "lost: no ItemAdded, queue empty", 2);
    const text = render(model({ outcome: outcome([own[0] ?? bad, bad, ...guards]) }), reader, plain).join(
      "\n",
    );
    expect(text).toMatch(/^Exercise 4: Broker problems +12 of 30 minutes\n/);
    expect(text).toContain("ok      20 checks of earlier exercises\nok      own 0\n21 passed, 1 failed\n");
    expect(text).toContain("FAILED  Billing hears of it\n        lost: no ItemAdded, queue empty\n");
    expect(text).toContain("store  has  orders: lines [Meat 1]");
    expect(text).toMatch(/h hint {2}d diff .* q quit$/);
  });

  it("shows a failure as soon as it is known", () => {
    const soFar = [checked("Billing hears of it", 4, "lost", 2)];
    const text = render(model({ isRunning: true, soFar }), reader, plain).join("\n");
    expect(text).toContain("checking …");
    expect(text).toContain("FAILED  Billing hears of it\n        lost\n");
  });

  it("says so when the workshop's files were edited instead of the playground's", () => {
    const edited = ["steps/04/solution/shared/addItem.ts"];
    const bad = outcome([checked("Billing hears of it", 4, "lost")], { edited });
    const text = render(model({ outcome: bad }), reader, plain).join("\n");
    expect(text).toContain("The exercises run the files in /p/playground: edit those.");
    expect(text).toContain("workshop/steps/04/solution/shared/addItem.ts");
  });
});
