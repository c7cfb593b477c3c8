import { dirname, posix } from "node:path";
import { escapeHtml, type Linking, render } from "../lectures/markdown.ts";
import { games } from "./games.ts";
import { hashOf } from "./site.ts";

/** The texts that games lead to, seen from the repository's root. */
export const leads: readonly string[] = [
  ...new Set(games.flatMap(({ leadsTo }) => leadsTo.map(({ file }) => file))),
];

/** The file that a text becomes beside the page that opens from disk. */
export const onDisk = (file: string): string => file.replace(/\.md$/, ".html");

/** A text as the server shows it; links to others that the server has are kept. */
export const servedText = (file: string, markdown: string): string =>
  document(file, markdown, {
    style: `<link rel="stylesheet" href="/text.css">`,
    board: "/",
    linking: (path, hash) => (leads.includes(path) ? `/${path}${hash}` : undefined),
  });

/** A text as a file beside the page that opens from disk. */
export function textForDisk(file: string, markdown: string, style: string): string {
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; img-src data:`;
  const from = dirname(file);
  return document(file, markdown, {
    style: `<meta http-equiv="Content-Security-Policy" content="${policy}"><style>${style}</style>`,
    board: posix.relative(from, "index.html"),
    linking: (path, hash) =>
      leads.includes(path) ? `${posix.relative(from, onDisk(path))}${hash}` : undefined,
  });
}

const document = (
  file: string,
  markdown: string,
  { style, board, linking }: { style: string; board: string; linking: Linking },
): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(file)}</title><link rel="icon" href="data:,">${style}</head>
<body><nav><a href="${board}">The board</a></nav><main>${render(markdown, file, linking)}</main></body></html>
`;
