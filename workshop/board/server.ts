import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Answer, page, serveWeb, type WebServer } from "../../web/server.ts";
import { bundleBoard, servedPage } from "./site.ts";
import { leads, servedText } from "./texts.ts";

const root = join(import.meta.dirname, "../..");

/**
 * Serves the board, and the texts that it leads to, to browsers on this machine.
 * @param port 0 for any free one
 * @throws the system's error when the port is taken
 */
export async function serveBoard(port: number): Promise<WebServer> {
  const bundle = await bundleBoard();
  const script = (content: string): Answer => ({
    status: 200,
    type: "text/javascript; charset=utf-8",
    content,
  });
  const style = (content: string): Answer => ({ status: 200, type: "text/css; charset=utf-8", content });
  return serveWeb({
    port,
    answer: async ({ url: { pathname } }) => {
      switch (pathname) {
        case "/":
          return page(servedPage);
        case "/page.js":
          return script(bundle.page);
        case "/checker.js":
          return script(bundle.checker);
        case "/page.css":
          return style(bundle.style);
        case "/text.css":
          return style(bundle.textStyle);
        default: {
          const file = leads.find((each) => `/${each}` === pathname);
          return file === undefined
            ? undefined
            : page(servedText(file, await readFile(join(root, file), "utf8")));
        }
      }
    },
  });
}
