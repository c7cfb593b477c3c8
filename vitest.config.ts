import { configDefaults, defineConfig } from "vitest/config";

const exclude = [...configDefaults.exclude, "dist/**", ".local/**", "playground/**"];

/** One project per cost class: the file's name says what a test needs (see CONTRIBUTING, "Tests"). */
const project = (name: string, include: string[], more: object) => ({
  test: {
    name,
    include,
    exclude: [...exclude, ...(name === "unit" ? ["**/*.{int,e2e,browser}.test.ts"] : [])],
    ...more,
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", ["**/*.test.ts"], { testTimeout: 10_000 }),
      project("int", ["**/*.int.test.ts"], { testTimeout: 60_000, hookTimeout: 60_000 }),
      project("e2e", ["**/*.e2e.test.ts"], {
        testTimeout: 300_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project("browser", ["**/*.browser.test.ts"], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
});
