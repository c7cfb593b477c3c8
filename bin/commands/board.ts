import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { buildBoard } from "../../workshop/board/build.ts";
import { serveBoard } from "../../workshop/board/server.ts";
import { UsageError } from "../command.ts";
import { wholeNumber } from "../options.ts";
import { servePages } from "../serve-pages.ts";

export const usage = `Usage: npx pierogi board [--port P] [--no-open]
       npx pierogi board --build FOLDER

Shows the board of the role-play games G1 to G7 in the browser, until Ctrl-C: play, change rules, and ask the
checker for a schedule that breaks them. It also prints the cards for a room.
  --port P        the port on 127.0.0.1 (default: 7081; 0 for any free one)
  --no-open       only prints the address
  --build FOLDER  writes the board as files into FOLDER instead: index.html opens from disk, without a server`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      port: { type: "string", default: "7081" },
      open: { type: "boolean", default: true },
      build: { type: "string" },
    },
  });
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals[0]}"\n${usage}`);
  if (values.build !== undefined) {
    console.log(`board written: open ${await buildBoard(resolve(process.cwd(), values.build))}`);
    return 0;
  }
  const port = wholeNumber("--port", values.port, 0, 65_535);
  await servePages(serveBoard, { name: "board", path: "/", port, open: values.open });
  return 0;
}
