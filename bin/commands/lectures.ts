import { spawn } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";
import { type LectureServer, serveLectures } from "../../workshop/lectures/server.ts";
import { CommandError, UsageError } from "../command.ts";
import { onInterrupt } from "../interrupt.ts";
import { wholeNumber } from "../options.ts";

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
  const server = await listen(wholeNumber("--port", values.port, 0, 65_535));
  const address = `${server.url}${path}`;
  console.log(`lectures ${address}`);
  console.log("Ctrl-C ends it.");
  if (values.open) openBrowser(address);
  await new Promise<void>((resolve) => {
    const forget = onInterrupt(
      () => {
        forget();
        resolve();
      },
      () => {},
    );
  });
  await server.close();
  return 0;
}

async function listen(port: number): Promise<LectureServer> {
  try {
    return await serveLectures(port);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new CommandError(`port ${port} is taken; try --port 0`, { cause: error });
    }
    throw error;
  }
}

/** Opens the user's browser. Where there is none, the printed address has to do. */
function openBrowser(address: string): void {
  const [program, ...args] = {
    win32: ["rundll32", "url.dll,FileProtocolHandler"],
    darwin: ["open"],
  }[process.platform as string] ?? ["xdg-open"];
  spawn(program ?? "xdg-open", [...args, address], { stdio: "ignore", detached: true })
    .on("error", () => console.log("No browser could be started: open the address above."))
    .unref();
}
