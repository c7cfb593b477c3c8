import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { z } from "zod";
import type { FaultControl } from "./control.ts";
import { noFaults, PlanError, parsePlan } from "./plan.ts";
import { serverNames } from "./vocabulary.ts";

const MAX_BODY_BYTES = 1_000_000;

/** A request that is refused, with its status. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const Clock = z.strictObject({ server: z.enum(serverNames), ahead: z.int().min(0).max(86_400_000) });
const Restart = z.strictObject({
  server: z.enum(serverNames),
  after: z.int().min(0).max(600_000).default(0),
});

const Log = z.strictObject({ after: z.coerce.number().int().min(0).default(0) });

/** What the endpoint answers to `GET /faults`. */
export interface FaultState {
  readonly plan: FaultControl["plan"];
  readonly fired: number;
  /** Names of rules that never struck. */
  readonly unfired: readonly string[];
}

type Handler = (control: FaultControl, request: { body: unknown; query: URLSearchParams }) => unknown;

const state = (control: FaultControl): FaultState => ({
  plan: control.plan,
  fired: control.log.length,
  unfired: control.unfired(),
});

const routes: Readonly<Record<string, Handler>> = {
  "GET /faults": state,
  /** Takes a plan in the place of the one before. */
  "PUT /faults": async (control, { body }) => {
    await control.setPlan(parsePlan(body));
    return state(control);
  },
  /** Lifts all faults. Clocks stay where they are: time does not go back. */
  "DELETE /faults": async (control) => {
    await control.setPlan(noFaults);
    return state(control);
  },
  "GET /faults/log": (control, { query }) => control.log.slice(Log.parse(Object.fromEntries(query)).after),
  "PUT /faults/clock": async (control, { body }) => {
    const { server, ahead } = Clock.parse(body);
    await control.setClock(server, ahead);
    return { server, ahead };
  },
  /** Kills a server (SIGKILL) and starts it again; answers when it is ready. */
  "POST /faults/restart": async (control, { body }) => {
    const { server, after } = Restart.parse(body);
    await control.restart(server, after);
    return { server };
  },
};

/**
 * The plan's endpoint over HTTP, for tests, tools and a page on this machine. Every call needs
 * `Authorization: Bearer <token>`; a Host or Origin that is not this machine's is refused, so that no page of
 * another site can reach it.
 */
export function createFaultEndpoint(control: FaultControl, token: string): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(`${JSON.stringify(body)}\n`);
    };
    respond(control, token, request).then(
      (body) => answer(200, body),
      (error: unknown) => {
        if (error instanceof Refused) return answer(error.status, { error: error.message });
        if (error instanceof PlanError) return answer(400, { error: error.message });
        if (error instanceof z.ZodError) return answer(400, { error: z.prettifyError(error) });
        answer(500, { error: error instanceof Error ? error.message : String(error) });
      },
    );
  });
}

async function respond(control: FaultControl, token: string, request: IncomingMessage): Promise<unknown> {
  checkSource(request);
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new Refused(
      401,
      "expected Authorization: Bearer and the token that the stack printed at its start",
    );
  }
  const url = URL.parse(request.url ?? "/", "http://127.0.0.1");
  const handler = routes[`${request.method} ${url?.pathname}`];
  if (url === null || handler === undefined) {
    throw new Refused(404, `expected one of: ${Object.keys(routes).join(", ")}`);
  }
  return handler(control, { body: await readJson(request), query: url.searchParams });
}

function checkSource({ headers, socket }: IncomingMessage): void {
  const own = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`];
  if (!own.includes(headers.host ?? "")) throw new Refused(403, `expected the Host ${own[0]}`);
  if (headers.origin !== undefined && !own.includes(headers.origin.replace("http://", ""))) {
    throw new Refused(403, "a page of another site may not call this");
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Refused(413, `expected a body of at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (cause) {
    throw new Refused(400, `expected JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
