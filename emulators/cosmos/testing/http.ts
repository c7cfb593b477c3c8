import { createHmac } from "node:crypto";
import type { CosmosServer } from "../index.ts";

/** An answer, with its body as text. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** The signature headers of a request. */
export function signed(method: string, path: string, key: string): Record<string, string> {
  const segments = path.split("/").filter((segment) => segment !== "");
  const isFeed = segments.length % 2 === 1;
  const isOperation = segments[4] === "operations";
  const type = isOperation ? "partitionkey" : (segments.at(isFeed ? -1 : -2) ?? "");
  const link = segments.slice(0, isOperation ? 4 : isFeed ? -1 : undefined).join("/");
  const date = new Date().toUTCString();
  const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`;
  const sig = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  return { "x-ms-date": date, authorization: encodeURIComponent(`type=master&ver=1.0&sig=${sig}`) };
}

/** Sends one signed request, for what the SDK would never send. */
export async function send(
  server: CosmosServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<RawAnswer> {
  const response = await fetch(new URL(path, server.endpoint), {
    method,
    headers: { ...signed(method, path, server.key), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
