import { createServer, type IncomingMessage } from "node:http";
import { z } from "zod";
import { checkToken, ownHosts, Refused } from "../server-process/index.ts";
import { readJson } from "./body.ts";
import { type Read, readPoints, readSpans } from "./otlp.ts";
import { pointStore, spanStore } from "./store.ts";
import type { Point, Span } from "./types.ts";

export interface TelemetryOptions {
  /** On 127.0.0.1; 0 for any free one. */
  readonly port: number;
  /** What an exporter must send as `Authorization: Bearer <token>`. */
  readonly token: string;
  /** Told of spans as they come, each once. */
  readonly onSpans?: (spans: readonly Span[]) => void;
  readonly onMetrics?: (points: readonly Point[]) => void;
  /** How many spans and series of metrics are kept; 50,000 and 5000 by default. */
  readonly mostSpans?: number;
  readonly mostSeries?: number;
}

export interface TelemetryServer {
  readonly url: string;
  readonly port: number;
  /** What a program that exports to this server needs, as OpenTelemetry's specification names it. */
  readonly settings: Readonly<Record<"OTEL_EXPORTER_OTLP_ENDPOINT" | "OTEL_EXPORTER_OTLP_HEADERS", string>>;
  /** A trace's spans by their start. */
  spansOf(traceId: string): readonly Span[];
  /** Everything that is kept, trace by trace. */
  spans(): readonly Span[];
  /** The newest point of each series. */
  points(): readonly Point[];
  /** How many came and are kept no more. */
  dropped(): { readonly spans: number; readonly series: number };
  close(): Promise<void>;
}

/** Starts an OTLP/HTTP receiver for JSON. @throws the system's error when the port is taken */
export async function startTelemetry(options: TelemetryOptions): Promise<TelemetryServer> {
  const { port, token, onSpans = () => {}, onMetrics = () => {} } = options;
  const spans = spanStore(options.mostSpans ?? 50_000);
  const points = pointStore(options.mostSeries ?? 5000);
  let closing: Promise<void> | undefined;

  const routes: Readonly<Record<string, (body: unknown) => object>> = {
    "/v1/traces": (body) => {
      const read = readSpans(body);
      const added = spans.add(read.items);
      if (added.length > 0) onSpans(added);
      return answerOf("rejectedSpans", read);
    },
    "/v1/metrics": (body) => {
      const read = readPoints(body);
      points.add(read.items);
      if (read.items.length > 0) onMetrics(read.items);
      return answerOf("rejectedDataPoints", read);
    },
  };

  async function respond(request: IncomingMessage): Promise<object> {
    checkSource(request, token);
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const take = routes[path];
    if (take === undefined || request.method !== "POST") {
      throw new Refused(
        404,
        `nothing takes ${request.method} ${path}; there are ${Object.keys(routes)
          .map((route) => `POST ${route}`)
          .join(", ")} (logs are not received: set OTEL_LOGS_EXPORTER=none)`,
      );
    }
    return take(await readJson(request));
  }

  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(`${JSON.stringify(body)}\n`);
    };
    respond(request).then(
      (body) => answer(200, body),
      (error: unknown) => {
        if (error instanceof Refused) return answer(error.status, { message: error.message });
        if (error instanceof z.ZodError) return answer(400, { message: z.prettifyError(error) });
        answer(500, { message: error instanceof Error ? error.message : String(error) });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");
  const url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    port: address.port,
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(`Bearer ${token}`)}`,
    },
    spansOf: spans.of,
    spans: spans.all,
    points: points.all,
    dropped: () => ({ spans: spans.dropped(), series: points.dropped() }),
    close: () => {
      closing ??= new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

/** As OTLP answers: empty, or what of it was left out and why. */
const answerOf = (counter: string, { problems }: Read<unknown>): object =>
  problems.length === 0
    ? {}
    : { partialSuccess: { [counter]: problems.length, errorMessage: (problems[0] ?? "").slice(0, 1000) } };

function checkSource(request: IncomingMessage, token: string): void {
  const own = ownHosts(request);
  const { headers } = request;
  if (!own.includes(headers.host ?? "")) throw new Refused(403, `expected the Host ${own[0]}`);
  if (headers.origin !== undefined) throw new Refused(403, "a page may not call this");
  checkToken(headers, token, "this server's token: see OTEL_EXPORTER_OTLP_HEADERS");
}
