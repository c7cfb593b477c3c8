import { createHash } from "node:crypto";
import { join } from "node:path";
import { bundlePage } from "../../web/bundle.ts";

export interface Bundle {
  readonly page: string;
  readonly style: string;
  readonly checker: string;
  /** The style of the texts that games lead to. */
  readonly textStyle: string;
}

/** The page's scripts and its style, bundled. @throws esbuild's BuildFailure */
export async function bundleBoard(): Promise<Bundle> {
  const source = (name: string): string => join(import.meta.dirname, "page", name);
  const files = await bundlePage({
    page: source("page.tsx"),
    checker: source("checker-worker.ts"),
    text: source("text.css"),
  });
  const textOf = (name: string): string => {
    const found = files.get(name);
    if (found === undefined)
      throw new Error(`expected ${name} in the bundle, got ${[...files.keys()].join(", ")}`);
    return new TextDecoder().decode(found.content).trim();
  };
  return {
    page: textOf("page.js"),
    style: textOf("page.css"),
    checker: textOf("checker.js"),
    textStyle: textOf("text.css"),
  };
}

const head = (more: string): string => `<meta charset="utf-8">${more}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pierogi board: the role-play games</title><link rel="icon" href="data:,">`;

/** The page as the server shows it: its scripts are files. */
export const servedPage = `<!doctype html>
<html lang="en" data-from="server"><head>${head("")}
<link rel="stylesheet" href="page.css"></head>
<body><div id="board"></div><script type="module" src="page.js"></script></body></html>
`;

/**
 * The page as one file that opens from disk. It allows only what is in it, by hashes, and a worker made of the
 * checker's script that it carries: a page from disk may not load another file as one.
 */
export function pageForDisk({ page, style, checker }: Bundle): string {
  const script = inScript(page);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en" data-from="disk"><head>${head(`<meta http-equiv="Content-Security-Policy" content="${policy}">`)}
<style>${style}</style></head>
<body><div id="board"></div><script type="text/plain" id="checker">${inScript(checker)}</script>
<script type="module">${script}</script></body></html>
`;
}

export const hashOf = (text: string): string =>
  `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** Inside a script element, only its end tag and a comment's beginning mean something to HTML. */
const inScript = (script: string): string =>
  script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
