import { basename, extname } from "node:path";

/** A page's script or style, as a browser loads it. */
export interface Asset {
  readonly type: string;
  readonly content: Uint8Array;
}

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/**
 * Bundles a page's scripts and what they import, minified; TSX makes preact's elements.
 * @param entries name to file: `{ "page": ".../page.tsx" }` becomes `page.js`, and `page.css` for the styles it imports
 * @returns by file name
 * @throws esbuild's BuildFailure
 */
export async function bundlePage(
  entries: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Asset>> {
  // Loaded here: it takes 40 ms, and only who shows a page needs it.
  const { buildSync } = await import("esbuild");
  // Synchronous: no process of esbuild's stays behind, and none that others use is stopped.
  const { outputFiles } = buildSync({
    entryPoints: { ...entries },
    outdir: "/",
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
    legalComments: "none",
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const name = basename(path);
      return [name, { type: types[extname(name)] ?? "application/octet-stream", content: contents }];
    }),
  );
}
