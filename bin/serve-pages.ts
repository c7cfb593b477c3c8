import type { WebServer } from "../web/server.ts";
import { CommandError } from "./command.ts";
import { onInterrupt } from "./interrupt.ts";
import { openBrowser } from "./open-browser.ts";

/** What a command that shows pages has to be told. */
export interface PagesOptions {
  /** Printed before the address. */
  readonly name: string;
  /** Where on the server to begin. */
  readonly path: string;
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** Whether to start the user's browser. */
  readonly open: boolean;
}

/**
 * Serves pages until Ctrl-C.
 * @throws CommandError when the port is taken
 */
export async function servePages(
  serve: (port: number) => Promise<Pick<WebServer, "url" | "close">>,
  { name, path, port, open }: PagesOptions,
): Promise<void> {
  const server = await serve(port).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
      throw new CommandError(`port ${port} is taken; try --port 0`, { cause: error });
    throw error;
  });
  const address = `${server.url}${path}`;
  console.log(`${name} ${address}`);
  console.log("Ctrl-C ends it.");
  if (open) openBrowser(address);
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
}
