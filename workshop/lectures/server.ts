import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answer, page, plain, serveWeb, type WebServer } from "../../web/server.ts";
import { readLectures } from "./library.ts";
import { isShown } from "./markdown.ts";
import { indexPage, notesPage, slidesPage, textPage } from "./pages.ts";

const root = join(import.meta.dirname, "../..");
const revealFolder = fileURLToPath(new URL(".", import.meta.resolve("reveal.js")));
const revealFiles = ["reset.css", "reveal.css", "reveal.mjs", "plugin/notes.mjs"];
const browserFiles = ["slides.css", "slides.js", "page.css"];

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/**
 * Serves the lectures to browsers on this machine. Files are read anew for each request, so that a reload shows
 * what was saved.
 * @param port 0 for any free one
 * @throws the system's error when the port is taken
 */
export async function serveLectures(port: number): Promise<WebServer> {
  return serveWeb({
    port,
    policy: contentPolicy(await readFile(join(revealFolder, "plugin/notes.mjs"), "utf8")),
    answer: async ({ method, url }) => {
      if (method !== "GET" && method !== "HEAD") return plain(405, "expected GET");
      const path = url.pathname.slice(1);
      return (await lecturePage(path)) ?? (await file(path));
    },
  });
}

/**
 * Everything comes from this server. reveal.js sets styles of its own, and its notes plugin writes the speaker
 * view, with one script in it, into a window that inherits this policy: that script is allowed by its hash.
 */
function contentPolicy(notesPlugin: string): string {
  const [, literal] = /<script>(.*?)<\\\/script>/s.exec(notesPlugin) ?? [];
  if (literal === undefined) throw new Error("expected a script in reveal.js's plugin/notes.mjs");
  // A JavaScript string, in which a tab may stand as it is, unlike in JSON.
  const script: unknown = JSON.parse(`"${literal.replaceAll("\t", "\\t")}"`);
  const hash = createHash("sha256").update(String(script)).digest("base64");
  return [
    "default-src 'self'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

async function lecturePage(path: string): Promise<Answer | undefined> {
  const lectures = await readLectures();
  if (path === "") return page(indexPage(lectures, await otherPages()));
  const [, kind, number] = /^(lecture|notes)\/(\d+)$/.exec(path) ?? [];
  const lecture = lectures.find((candidate) => candidate.number === Number(number));
  if (lecture === undefined) return undefined;
  return page(kind === "lecture" ? slidesPage(lecture) : notesPage(lecture));
}

async function otherPages() {
  const pages = [
    { file: "workshop/README.md", text: "The ten steps on one page" },
    { file: "workshop/GUIDE.md", text: "The facilitator's guide" },
  ];
  const found = await Promise.all(
    pages.map(async ({ file }) => (await read(join(root, file))) !== undefined),
  );
  return pages.filter((_, index) => found[index]).map(({ file, text }) => ({ href: `/${file}`, text }));
}

/** A file by one of the lists of what may be seen: no path of a request is ever opened as it came. */
async function file(path: string): Promise<Answer | undefined> {
  const [folder = "", ...names] = path.split("/");
  const name = names.join("/");
  if (folder === "reveal") return revealFiles.includes(name) ? raw(join(revealFolder, name)) : undefined;
  if (folder === "browser")
    return browserFiles.includes(name) ? raw(join(import.meta.dirname, "browser", name)) : undefined;
  if (!isShown(path)) return undefined;
  if (!path.endsWith(".md")) return raw(join(root, path));
  const text = await read(join(root, path));
  return text === undefined ? undefined : page(textPage(path, text.toString("utf8")));
}

async function raw(path: string): Promise<Answer | undefined> {
  const content = await read(path);
  if (content === undefined) return undefined;
  return { status: 200, type: types[extname(path)] ?? "text/plain; charset=utf-8", content };
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR"))
      return undefined;
    throw error;
  }
}
