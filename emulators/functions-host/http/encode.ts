import type { IncomingMessage } from "node:http";
import type { HttpCookie, HttpData, Nullable, TypedData } from "../worker/rpc.ts";

type NullableValues = Readonly<Record<string, Nullable<string>>>;

/**
 * A request as the real host sends it to the Node worker: header names in lower case, values of one name joined
 * by a comma, the body as raw bytes, and none at all when it is empty.
 */
export function encodeRequest(
  request: IncomingMessage,
  url: URL,
  body: Uint8Array,
  parameters: Readonly<Record<string, string>>,
): TypedData {
  const headers = Object.entries(request.headersDistinct).map(
    ([name, values]) => [name, (values ?? []).join(",")] as const,
  );
  const query = [...new Set(url.searchParams.keys())].map(
    (name) => [name, url.searchParams.getAll(name).join(",")] as const,
  );
  return {
    http: {
      method: request.method ?? "GET",
      url: url.href,
      nullableHeaders: nullable(headers),
      nullableQuery: nullable(query),
      nullableParams: nullable(Object.entries(parameters)),
      ...(body.length === 0 ? {} : { body: { bytes: body } }),
    },
  };
}

export interface EncodedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array;
}

/** What a function returned, as an HTTP response; nothing at all is a 204. */
export function decodeResponse(value: TypedData | null | undefined): EncodedResponse {
  const http = value?.http;
  if (http === undefined) return { status: 204, headers: {}, body: new Uint8Array() };
  const body = bytesOf(http.body);
  const headers: Record<string, string | string[]> = { ...http.headers };
  const cookies = (http.cookies ?? []).map(setCookie);
  if (cookies.length > 0) {
    const given = headers["set-cookie"];
    headers["set-cookie"] = [...(given === undefined ? [] : [given].flat()), ...cookies];
  }
  if (body.length > 0 && headers["content-type"] === undefined)
    headers["content-type"] = "application/octet-stream";
  // The length is of what is really sent.
  delete headers["content-length"];
  delete headers["transfer-encoding"];
  return { status: statusOf(http), headers, body };
}

function statusOf(http: HttpData): number {
  const status = Number(http.statusCode ?? 200);
  return Number.isInteger(status) && status >= 200 && status <= 999 ? status : 500;
}

function bytesOf(data: TypedData | undefined): Uint8Array {
  if (data?.bytes !== undefined) return data.bytes;
  const text = data?.string ?? data?.json;
  return text === undefined ? new Uint8Array() : Buffer.from(text, "utf8");
}

const SAME_SITE = { lax: "lax", strict: "strict", explicitNone: "none", none: undefined } as const;

function setCookie(cookie: HttpCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = SAME_SITE[cookie.sameSite ?? "none"];
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    ...(expires === undefined ? [] : [`expires=${new Date(expires * 1000).toUTCString()}`]),
    ...(cookie.maxAge?.value === undefined ? [] : [`max-age=${cookie.maxAge.value}`]),
    ...(cookie.domain?.value === undefined ? [] : [`domain=${cookie.domain.value}`]),
    `path=${cookie.path?.value ?? "/"}`,
    ...(cookie.secure?.value === true ? ["secure"] : []),
    ...(sameSite === undefined ? [] : [`samesite=${sameSite}`]),
    ...(cookie.httpOnly?.value === true ? ["httponly"] : []),
  ].join("; ");
}

const nullable = (entries: Iterable<readonly [string, string]>): NullableValues =>
  Object.fromEntries([...entries].map(([name, value]) => [name, { value }]));
