import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

const cores = availableParallelism();
const exclude = [...configDefaults.exclude, "dist/**", ".local/**", "playground/**", "saved/**"];

/**
 * One project per cost class: the file's name says what a test needs (see CONTRIBUTING, "Tests").
 * They run one class after the other, so that a whole stack does not compete with a hundred other files.
 */
const project = (name: string, include: string[], groupOrder: number, more: object) => ({
  test: {
    name,
    include,
    exclude: [...exclude, ...(name === "unit" ? ["**/*.{matrix,int,e2e,browser}.test.ts"] : [])],
    sequence: { groupOrder },
    ...more,
  },
});

export default defineConfig({
  test: {
    projects: [
      // They share nothing but modules: one process for all is four times as fast.
      project("unit", ["**/*.test.ts"], 0, { testTimeout: 10_000, pool: "threads", isolate: false }),
      // Vitest would leave one core to itself. Nothing but computing here ...
      project("matrix", ["**/*.matrix.test.ts"], 1, { testTimeout: 120_000, maxWorkers: cores }),
      // ... and here they mostly wait for a server: for locks that run out, for a process that starts.
      project("int", ["**/*.int.test.ts"], 2, {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        maxWorkers: cores + 1,
      }),
      project("e2e", ["**/*.e2e.test.ts"], 3, {
        testTimeout: 300_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project("browser", ["**/*.browser.test.ts"], 4, {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
});
