/** A request of the orders API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** From the slash on. */
  readonly path: string;
  readonly key?: string;
  readonly body?: object;
}

export interface ApiAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Where the outcome of an accepted request will be, from the slash on. */
  readonly location: string | undefined;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
}

export type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/** Milliseconds until a request without an answer is given up: the host may be gone. */
const answerWithin = 60_000;

/**
 * @param url of the functions host
 * @returns a function that makes one request; it throws fetch's error when no answer comes
 */
export const sender =
  (url: string): Send =>
  async ({ method, path, key, body }) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithin),
    });
    const { status, statusText, headers } = response;
    return {
      status,
      statusText,
      location: headers.get("location") ?? undefined,
      body: parse(await response.text()),
    };
  };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The operations of section "HTTP API" of the README. */
export const api = {
  addItem: (
    orderId: string,
    key: string,
    body: { customerId: string; filling: string; portions: number },
  ) => ({
    method: "POST" as const,
    path: `${orderPath(orderId)}/items`,
    key,
    body,
  }),
  removeItem: (orderId: string, key: string, filling: string) => ({
    method: "DELETE" as const,
    path: `${orderPath(orderId)}/items/${encodeURIComponent(filling)}`,
    key,
  }),
  submit: (orderId: string, key: string) => ({
    method: "POST" as const,
    path: `${orderPath(orderId)}/submit`,
    key,
  }),
  cancelPayment: (orderId: string, key: string) => ({
    method: "POST" as const,
    path: `${orderPath(orderId)}/cancel-payment`,
    key,
  }),
  order: (orderId: string) => ({ method: "GET" as const, path: orderPath(orderId) }),
  customer: (customerId: string) => ({
    method: "GET" as const,
    path: `/api/customers/${encodeURIComponent(customerId)}`,
  }),
};

const orderPath = (orderId: string): string => `/api/orders/${encodeURIComponent(orderId)}`;
