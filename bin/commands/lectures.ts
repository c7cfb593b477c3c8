import { parseArgs } from "node:util";
import { serveLectures } from "../../workshop/lectures/server.ts";
import { UsageError } from "../command.ts";
import { wholeNumber } from "../options.ts";
import { servePages } from "../serve-pages.ts";

export const usage = `Usage: npx pierogi lectures [N] [--port P] [--no-open]

Shows the workshop's lectures in the browser, until Ctrl-C.
  N           opens lecture N (1 to 10) instead of the list of all
  --port P    the port on 127.0.0.1 (default: 7080; 0 for any free one)
  --no-open   only prints the address
In a lecture: S opens the speaker view, ? shows all keys. To print the slides, add ?print-pdf to the address;
/notes/N shows and prints slides with their notes.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: { port: { type: "string", default: "7080" }, open: { type: "boolean", default: true } },
  });
  const [number, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`unexpected argument "${more[0]}"\n${usage}`);
  const path = number === undefined ? "/" : `/lecture/${wholeNumber("the lecture", number, 1, 10)}`;
  await servePages(serveLectures, {
    name: "lectures",
    path,
    port: wholeNumber("--port", values.port, 0, 65_535),
    open: values.open,
  });
  return 0;
}
