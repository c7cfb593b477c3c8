import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCrashFinder } from "./crashes.ts";

const app = join(import.meta.dirname, "playground");
const failed = (message: string) => ({
  category: "Function.orders",
  functionName: "orders",
  message: `Executed 'Functions.orders' (Failed, Id=1, Duration=167ms) ${message}`,
});

describe("crashes", () => {
  it("names the attendee's file and line once, however often the handler runs", () => {
    const finder = createCrashFinder(app);
    const crash = failed(
      `TypeError: Cannot read properties of undefined (reading 'push')\n    at addItem (${join(app, "shared/addItem.ts")}:9:26)\n    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)`,
    );
    finder.hear(crash);
    finder.hear(crash);
    expect(finder.found).toEqual([
      {
        file: "shared/addItem.ts",
        line: 9,
        column: 26,
        message: "TypeError: Cannot read properties of undefined (reading 'push')",
      },
    ]);
    expect(finder.hasHung).toBe(false);
  });

  it("does not call an SDK's answer a crash: the story is made of them", () => {
    const finder = createCrashFinder(app);
    finder.hear(
      failed(
        `Error: Precondition failed\n    at httpRequest (${join(app, "../node_modules/@azure/cosmos/x.ts")}:151:42)\n    at save (${join(app, "shared/orderStore.ts")}:1:1)`,
      ),
    );
    finder.hear(failed("The worker process ended during the invocation: signal SIGKILL"));
    expect(finder.found).toEqual([]);
  });

  it("tells a handler that does not end, and one that ends the process", () => {
    const finder = createCrashFinder(app);
    finder.hear(failed("Timeout value of 10000 ms was exceeded by function: Functions.orders"));
    finder.hear(failed("The worker process ended during the invocation: exit code 3"));
    expect(finder.hasHung).toBe(true);
    expect(finder.found).toEqual([
      { file: "functions/orders.ts", message: expect.stringContaining("did not end within 10 s") },
      { file: "functions/orders.ts", message: expect.stringContaining("process.exit") },
    ]);
  });

  it("finds the error of a promise that nobody awaits, which ends the worker", () => {
    const finder = createCrashFinder(app);
    const lines = [
      "",
      "Error: unawaited",
      `    at addItem (${join(app, "shared/addItem.ts")}:9:23)`,
      "",
      "Node.js v24",
    ];
    for (const message of lines) finder.hear({ category: "Worker.stderr", message });
    expect(finder.found).toEqual([
      {
        file: "shared/addItem.ts",
        line: 9,
        column: 23,
        message: expect.stringContaining("Error: unawaited"),
      },
    ]);
  });
});
