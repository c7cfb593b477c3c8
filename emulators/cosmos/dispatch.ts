import { authenticate } from "./auth.ts";
import { FIXED } from "./charges.ts";
import { CosmosError, ERROR_CODES } from "./errors.ts";
import { H, refuseHeaders } from "./http/headers.ts";
import type { CosmosRequest } from "./http/request.ts";
import type { Account, Reply } from "./operations/operation.ts";
import { sessionToken } from "./operations/session.ts";
import { route } from "./routes.ts";

/** An answer, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who may call, and what answers are marked with. */
export interface Gate {
  readonly key: Buffer;
  activityId(): string;
}

/**
 * The one place through which every operation goes: checks the signature, finds the operation, runs it, and answers
 * once everything that the answer rests on is durable.
 */
export async function dispatch(request: CosmosRequest, account: Account, gate: Gate): Promise<Answer> {
  const reply = attempt(request, account, gate);
  try {
    await account.store.settled();
    return answerOf(reply, gate);
  } catch (error) {
    return answerOf(replyOfError(error, request.method), gate);
  }
}

function attempt(request: CosmosRequest, account: Account, gate: Gate): Reply {
  try {
    authenticate(request, gate.key, account.now());
    refuseHeaders(request.headers);
    return route(request)(request, account);
  } catch (error) {
    return replyOfError(error, request.method);
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
