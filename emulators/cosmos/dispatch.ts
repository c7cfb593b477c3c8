import { type Injector, Lost, type Wire } from "../faults/index.ts";
import { authenticate } from "./auth.ts";
import { FIXED } from "./charges.ts";
import { CosmosError, ERROR_CODES } from "./errors.ts";
import { factsOf, nameOf, PlannedRefusal } from "./faults.ts";
import { H, refuseHeaders } from "./http/headers.ts";
import type { CosmosRequest } from "./http/request.ts";
import type { Account, Operation, Reply } from "./operations/operation.ts";
import { sessionToken } from "./operations/session.ts";
import { route } from "./routes.ts";

/** An answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who may call, what answers are marked with, and what may befall an operation. */
export interface Gate {
  readonly key: Buffer;
  readonly faults: Injector;
  /** Milliseconds since 1970, whatever a fault does to the account's clock: clients sign by theirs. */
  now(): number;
  activityId(): string;
}

/**
 * The one place through which every operation goes: checks the signature, finds the operation, runs it as the fault
 * plan wants it, and answers once everything that the answer rests on is durable.
 * @param connection the request's own, and the server's others
 * @returns undefined when a fault has taken the answer
 */
export async function dispatch(
  request: CosmosRequest,
  account: Account,
  gate: Gate,
  connection: Pick<Wire, "cut" | "cutAll">,
): Promise<Answer | undefined> {
  try {
    authenticate(request, gate.key, gate.now());
    refuseHeaders(request.headers);
    const operation = route(request);
    const reply = await gate.faults.inject(
      nameOf(operation, request),
      () => factsOf(request, account),
      () => settle(operation, request, account),
      { ...connection, refuse: (status) => new PlannedRefusal(Number(status), request) },
    );
    return answerOf(reply, gate);
  } catch (error) {
    if (error instanceof Lost) return undefined;
    const planned = error instanceof PlannedRefusal ? error.reply : undefined;
    return answerOf(planned ?? replyOfError(error, request.method), gate);
  }
}

async function settle(operation: Operation, request: CosmosRequest, account: Account): Promise<Reply> {
  try {
    return operation(request, account);
  } finally {
    // A refusal, too, rests on what is there.
    await account.store.settled();
  }
}

/** What a refused or failed request is answered. */
export function replyOfError(error: unknown, method: string): Reply {
  const refusal =
    error instanceof CosmosError
      ? error
      : new CosmosError(500, `The server failed: ${error instanceof Error ? error.message : String(error)}`);
  const { status, substatus, message } = refusal;
  return {
    status,
    charge: method === "GET" ? FIXED.readMissing : FIXED.rejectedWrite,
    headers: { ...refusal.headers, ...(substatus === undefined ? {} : { [H.substatus]: String(substatus) }) },
    body: JSON.stringify({ code: ERROR_CODES[status] ?? String(status), message }),
  };
}

/** Adds what every answer carries. */
export function answerOf({ status, charge, body = "", headers, container }: Reply, gate: Gate): Answer {
  const about: Record<string, string> =
    container === undefined
      ? {}
      : {
          [H.sessionToken]: sessionToken(container),
          [H.containerRid]: container.rid,
          // Encoded: a header holds no characters beyond Latin-1.
          [H.containerPath]: encodeURI(`dbs/${container.database.id}/colls/${container.id}`),
          lsn: String(container.lsn),
        };
  return {
    status,
    headers: {
      "content-type": "application/json",
      [H.version]: "2020-07-15",
      [H.activityId]: gate.activityId(),
      [H.charge]: String(Math.round(charge * 100) / 100),
      ...about,
      ...headers,
    },
    body,
  };
}
