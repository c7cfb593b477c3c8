import type { StreamLine } from "../protocol.ts";

const KEY = "token";

/** The token of the printed address; it leaves the address bar, and this tab remembers it. */
export function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get(KEY);
  if (given !== null) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? "";
}

/** What the server answered instead of what was asked for. */
export class Answered extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

export type Ask = <Result>(path: string, options?: AskOptions) => Promise<Result>;
export interface AskOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: unknown;
  readonly key?: string;
}

/** Asks the map's server. @throws Answered for any answer that is no success */
export const asking =
  (token: string): Ask =>
  async <Result>(path: string, { method = "GET", body, key }: AskOptions = {}) => {
    const response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Answered(response.status, problemIn(text));
    return JSON.parse(text) as Result;
  };

/** A problem document's detail, or the text as it is. */
function problemIn(text: string): string {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: string; title?: string };
    return detail ?? title ?? text;
  } catch {
    return text.trim();
  }
}

/** Milliseconds until a lost stream is asked for again. */
const AGAIN_AFTER = 1_000;

export interface Listening {
  onLine(line: StreamLine): void;
  /** Whether the stream is there; "refused": the token is not the right one. */
  onState(state: "connected" | "lost" | "refused"): void;
}

/** Reads the server's stream for as long as the page is there, and begins anew when it was lost. */
export async function listen(token: string, { onLine, onState }: Listening): Promise<void> {
  for (;;) {
    try {
      const response = await fetch("/events", { headers: { authorization: `Bearer ${token}` } });
      if (response.status === 401) return onState("refused");
      if (response.ok && response.body !== null) {
        onState("connected");
        await readLines(response.body, onLine);
      }
    } catch {
      // The server has gone or the network has: said below, and tried again.
    }
    onState("lost");
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }
}

async function readLines(
  body: ReadableStream<Uint8Array>,
  onLine: (line: StreamLine) => void,
): Promise<void> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(JSON.parse(line) as StreamLine);
  }
}
