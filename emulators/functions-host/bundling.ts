/**
 * How an app for this host is bundled, as options of esbuild: entry points `functions/*.ts`, main "dist/functions/*.js".
 * Bundled, the Azure SDKs load in a fraction of the time.
 */
export const bundling = {
  outbase: ".",
  // Outside of dist/functions: the host loads every file there as a function.
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm" as const,
  platform: "node" as const,
  target: "node22",
  sourcemap: true,
  // A stack trace needs names and lines only.
  sourcesContent: false,
  // The Functions worker supplies it when it is required.
  external: ["@azure/functions-core"],
  // Packages in CommonJS form call require, which an ES module does not have.
  banner: {
    js: 'import { createRequire as bundledRequire } from "node:module"; const require = bundledRequire(import.meta.url);',
  },
};
