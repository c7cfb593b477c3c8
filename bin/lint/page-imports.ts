import { globSync } from "node:fs";
import { build, type Message } from "esbuild";
import type { Check } from "./check.ts";

/** What a page's TSX may import of the project; the same as the rule pages-run-in-browsers. */
const allowed = [
  /^(map|workshop\/board)\/page\//,
  /^map\/protocol\.ts$/,
  /^workshop\/board\/[^/]+\.ts$/,
  /^model\//,
  /^web\/.*\.css$/,
];
const packages = /^preact(\/|$)/;

/**
 * The imports of the pages' TSX, which dependency-cruiser cannot read with swc: every module that a page reaches is
 * resolved as for a browser.
 */
export const pageImports: Check = async (folder) => {
  const entryPoints = globSync("{map,workshop/board}/page/**/*.tsx", { cwd: folder });
  const { metafile, errors } = await build({
    entryPoints,
    absWorkingDir: folder,
    outdir: "/nowhere",
    bundle: true,
    write: false,
    metafile: true,
    packages: "external",
    platform: "browser",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  }).catch((error: unknown) => ({ metafile: undefined, errors: errorsOf(error) }));
  if (metafile === undefined) return errors.map(inWords);

  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) =>
    imports
      .filter(({ path, external = false }) =>
        external ? !packages.test(path) : !allowed.some((pattern) => pattern.test(path)),
      )
      .map(({ path }) => `${from} imports ${path} (rule pages-run-in-browsers)`),
  );
};

function errorsOf(error: unknown): readonly Message[] {
  if (error instanceof Error && "errors" in error && Array.isArray(error.errors)) return error.errors;
  throw error;
}

const inWords = ({ text, location }: Message): string =>
  location === null ? text : `${location.file}:${location.line} ${text}`;
