import { createServer, type IncomingMessage, type Server } from "node:http";
import { z } from "zod";
import { bodyText, checkToken, ownHosts, parseJson, Refused } from "../server-process/index.ts";
import type { FaultControl } from "./control.ts";
import { noFaults, PlanError, parsePlan } from "./plan.ts";
import { serverNames } from "./vocabulary.ts";

const MAX_BODY_BYTES = 1_000_000;

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
  checkToken(request.headers, token, "the token that the stack printed at its start");
  const url = URL.parse(request.url ?? "/", "http://127.0.0.1");
  const handler = routes[`${request.method} ${url?.pathname}`];
  if (url === null || handler === undefined) {
    throw new Refused(404, `expected one of: ${Object.keys(routes).join(", ")}`);
  }
  return handler(control, { body: await readJson(request), query: url.searchParams });
}

function checkSource(request: IncomingMessage): void {
  const own = ownHosts(request);
  const { host = "", origin } = request.headers;
  if (!own.includes(host)) throw new Refused(403, `expected the Host ${own[0]}`);
  if (origin !== undefined && !own.includes(origin.replace("http://", ""))) {
    throw new Refused(403, "a page of another site may not call this");
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await bodyText(request, MAX_BODY_BYTES);
  return text === "" ? undefined : parseJson(text);
}
