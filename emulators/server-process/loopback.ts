import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** A request that is not answered as asked; the message tells whoever sent it what to do instead. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "Refused";
    this.status = status;
  }
}

/** The names of the port that a request came to: a page of another site reaches it under its own name only. */
export const ownHosts = ({ socket }: IncomingMessage): readonly string[] => [
  `127.0.0.1:${socket.localPort}`,
  `localhost:${socket.localPort}`,
];

/**
 * @param whose what the token is and where it is found, for the message
 * @throws Refused with 401 unless the request carries `Authorization: Bearer <token>`
 */
export function checkToken({ authorization = "" }: IncomingHttpHeaders, token: string, whose: string): void {
  const given = Buffer.from(authorization);
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new Refused(401, `expected Authorization: Bearer and ${whose}`);
  }
}

/** @throws Refused with 413 for a body of more bytes */
export async function bodyText(request: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Refused(413, `expected a body of at most ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws Refused with 400 for what is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refused(400, `expected JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
