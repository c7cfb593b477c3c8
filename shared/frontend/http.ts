import type { z } from "zod";
import { TransientError } from "../exactly-once/errors.ts";
import type { Telemetry } from "../exactly-once/telemetry.ts";
import { describe } from "../pierogi/messages.ts";
import { type HttpAnswer, HttpProblem, problem } from "./problem.ts";

/** An HTTP request, as the Functions library gives it. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export type HttpHandler = (call: HttpCall) => Promise<HttpAnswer>;

/** A handler as the Functions library calls it; the host's own span of the invocation comes with it. */
export type TracedHandler = (
  call: HttpCall,
  invocation?: { readonly traceContext?: { readonly traceParent?: string | undefined } },
) => Promise<HttpAnswer>;

/** Far more than any command of ours takes. */
const maxBodyBytes = 16 * 1024;

/** Turns what a handler throws into a problem document; `failed` is told of errors that nobody expects. */
export const answering =
  (handler: HttpHandler, failed: (what: string, error: unknown) => void): HttpHandler =>
  async (call) => {
    try {
      return await handler(call);
    } catch (error) {
      if (error instanceof HttpProblem) return error.answer;
      failed(`${call.method} ${new URL(call.url).pathname}`, error);
      if (error instanceof TransientError) {
        const detail =
          "a service behind this one can't be reached; repeat the request with the same Idempotency-Key";
        const answer = problem(503, "Service Unavailable", detail);
        return { ...answer, headers: { ...answer.headers, "retry-after": "5" } };
      }
      return problem(
        500,
        "Internal Server Error",
        "the request failed unexpectedly; its error is in the log",
      );
    }
  };

/**
 * All handlers of an API, each as `answering` makes it, in a span that goes on in the caller's trace, else in the host's:
 * the host outlives a worker, so that the root of a conversation is known also when its first worker dies.
 */
export const answeringAll = <Name extends string>(
  handlers: Readonly<Record<Name, HttpHandler>>,
  telemetry: Pick<Telemetry, "span" | "note">,
  failed: (what: string, error: unknown) => void,
): Record<Name, TracedHandler> =>
  Object.fromEntries(
    Object.entries<HttpHandler>(handlers).map(([name, handler]) => [
      name,
      traced(name, answering(handler, failed), telemetry),
    ]),
  ) as Record<Name, TracedHandler>;

const traced =
  (name: string, handler: HttpHandler, telemetry: Pick<Telemetry, "span" | "note">): TracedHandler =>
  (call, invocation) => {
    // A question is asked again and again, and causes nothing: the host's span tells of it.
    if (call.method === "GET") return handler(call);
    const traceparent = call.headers.get("traceparent") ?? invocation?.traceContext?.traceParent;
    const answer = async (): Promise<HttpAnswer> => {
      const answered = await handler(call);
      const { status } = answered;
      telemetry.note({
        "http.response.status_code": status,
        ...(status < 500 ? {} : { "error.type": String(status) }),
      });
      return answered;
    };
    return telemetry.span(
      `${call.method} ${name}`,
      { "faas.name": name, "url.path": new URL(call.url).pathname },
      answer,
      traceparent === undefined ? undefined : { traceparent },
    );
  };

/** The body's text; at most 16 KB of it. */
export async function bodyOf(call: HttpCall): Promise<string> {
  const text = await call.text();
  if (Buffer.byteLength(text) > maxBodyBytes) {
    throw new HttpProblem(413, "Content Too Large", `expected a body of at most ${maxBodyBytes} bytes`);
  }
  return text;
}

/** Reads JSON of a given form, or says in one line what is wrong with it. */
export function parsed<T>(form: z.ZodType<T>, text: string, example: string): T {
  const result = form.safeParse(jsonOf(text, example));
  if (result.success) return result.data;
  throw new HttpProblem(400, "Bad Request", `${describe(result.error)}; expected a body such as ${example}`);
}

function jsonOf(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, "Bad Request", `the body is no JSON; expected a body such as ${example}`);
  }
}

/** A parameter of the path, in the given form. */
export function parameter<T>(call: HttpCall, name: string, form: z.ZodType<T>): T {
  const given = call.params[name] ?? "";
  const result = form.safeParse(given);
  if (result.success) return result.data;
  throw new HttpProblem(
    400,
    "Bad Request",
    `${name} "${given}": ${describe(result.error).replace("body: ", "")}`,
  );
}
