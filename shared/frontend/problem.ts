/** An HTTP answer, as the Functions library takes it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  // With an end of line: a terminal goes on below it.
  body: `${JSON.stringify(value)}\n`,
});

/** A problem document (RFC 9457). */
export const problem = (status: number, title: string, detail: string): HttpAnswer =>
  json(
    status,
    { type: "about:blank", title, status, detail },
    { "content-type": "application/problem+json" },
  );

/** Thrown by a check of the request, to be answered as it stands. */
export class HttpProblem extends Error {
  readonly answer: HttpAnswer;

  constructor(status: number, title: string, detail: string) {
    super(`${status} ${title}: ${detail}`);
    this.name = "HttpProblem";
    this.answer = problem(status, title, detail);
  }
}
