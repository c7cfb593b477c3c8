import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A function under test fetches `url` and so waits until the test opens the gate. */
export interface Gate {
  readonly url: string;
  /** Resolves when that many have come. */
  arrived(count: number): Promise<void>;
  /** Lets those through that wait, and all that come later. */
  open(): void;
  close(): Promise<void>;
}

export async function createGate(): Promise<Gate> {
  const waiting: ServerResponse[] = [];
  const watchers: { count: number; resolve: () => void }[] = [];
  let arrivals = 0;
  let isOpen = false;
  const server = createServer((_, response) => {
    arrivals++;
    if (isOpen) response.end();
    else waiting.push(response);
    for (const { count, resolve } of watchers) if (arrivals >= count) resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived: (count) =>
      new Promise((resolve) => {
        if (arrivals >= count) resolve();
        else watchers.push({ count, resolve });
      }),
    open() {
      isOpen = true;
      for (const response of waiting.splice(0)) response.end();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
