import type { StreamLine } from "../protocol.ts";

/** Lines that wait for a page; behind that it gets a snapshot instead. */
export const MOST_WAITING = 30;

/** The pages that listen, each at its own speed. */
export interface Feed {
  readonly listeners: number;
  send(line: StreamLine): void;
  /** Writes a page's stream until it ends. */
  serve(write: (text: string) => Promise<void>, ended: AbortSignal): Promise<void>;
}

interface Listener {
  waiting: StreamLine[];
  behind: boolean;
  wake: () => void;
}

/** @param snapshot what a page begins with */
export function createFeed(snapshot: (note?: string) => StreamLine): Feed {
  const listeners = new Set<Listener>();

  return {
    get listeners() {
      return listeners.size;
    },
    send(line) {
      for (const listener of listeners) {
        if (listener.behind) continue;
        if (listener.waiting.length >= MOST_WAITING) {
          // A page that does not read costs no memory: what it has missed is in the snapshot.
          listener.waiting = [];
          listener.behind = true;
        } else listener.waiting.push(line);
        listener.wake();
      }
    },
    async serve(write, ended) {
      const listener: Listener = { waiting: [], behind: false, wake: () => {} };
      const put = (line: StreamLine) => write(`${JSON.stringify(line)}\n`);
      const wake = () => listener.wake();
      ended.addEventListener("abort", wake);
      listeners.add(listener);
      try {
        await put(snapshot());
        while (!ended.aborted) {
          const next = listener.waiting.shift();
          if (listener.behind) {
            listener.behind = false;
            await put(snapshot("this page was too slow: what happened meanwhile was left out"));
          } else if (next !== undefined) await put(next);
          else await new Promise<void>((resolve) => (listener.wake = resolve));
        }
      } finally {
        listeners.delete(listener);
        ended.removeEventListener("abort", wake);
      }
    },
  };
}
