import { Marked } from "marked";

/** Which of the repository's files the server shows: the workshop's texts and pictures, and the product's rules. */
export const isShown = (path: string): boolean =>
  /^workshop\/(?:[\w-]+\/)*[\w.-]+\.(?:md|svg|png)$/.test(path) ||
  path === "workshop/LICENSE" ||
  path === "shared/exactly-once/README.md";

/** Where a link to a file of the repository leads; undefined if that file is not shown. The path is from the root. */
export type Linking = (path: string, hash: string) => string | undefined;

const onServer: Linking = (path, hash) => (isShown(decodeURI(path)) ? `/${path}${hash}` : undefined);

/**
 * Turns Markdown of this repository into HTML. A link to a file is followed from the Markdown file's own folder;
 * one that leads to a file that is not shown becomes plain text.
 * @param file where the text is from, seen from the repository's root
 */
export function render(markdown: string, file: string, linking: Linking = onServer): string {
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      link({ href, title, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = follow(href, file, linking);
        if (target === undefined) return text;
        const titled = title ? ` title="${escapeHtml(title)}"` : "";
        return `<a href="${escapeHtml(target)}"${titled}>${text}</a>`;
      },
      image({ href, text }) {
        return `<img src="${escapeHtml(follow(href, file, linking) ?? href)}" alt="${escapeHtml(text)}">`;
      },
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
    },
  });
  return marked.parse(markdown, { async: false });
}

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function follow(href: string, file: string, linking: Linking): string | undefined {
  if (/^(?:[a-z]+:|#)/i.test(href)) return href;
  const { pathname, hash } = new URL(href, `http://here/${file}`);
  return linking(pathname.slice(1), hash);
}

/** As GitHub makes them, so that a link works in both places. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
