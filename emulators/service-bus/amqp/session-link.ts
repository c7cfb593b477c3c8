import { BrokerError } from "../broker/errors.ts";
import type { AcceptedSession } from "../broker/sessions.ts";
import type { ReceiveLink } from "./receive-link.ts";
import { type OutgoingLink, takeBackAttach, types } from "./rhea.ts";
import type { Peer, Service } from "./service.ts";

const SESSION_FILTER = "com.microsoft:session-filter";
const LOCKED_UNTIL = "com.microsoft:locked-until-utc";
const TIMEOUT = "com.microsoft:timeout";

/** Milliseconds; how long Azure waits for a next session when the client names no time. */
const DEFAULT_TIMEOUT = 60_000;

/** .NET's ticks (100 ns since the year 1) at the start of 1970. */
const EPOCH_TICKS = 621_355_968_000_000_000n;

/** The session a receiver wants: an id, `next`, or undefined for a receiver without session. */
export function sessionFilter(link: OutgoingLink): { readonly id: string } | "next" | undefined {
  const filter: unknown = link.source.filter;
  if (typeof filter !== "object" || filter === null || !(SESSION_FILTER in filter)) return undefined;
  const id = types.unwrap(filter[SESSION_FILTER]);
  return typeof id === "string" ? { id } : "next";
}

/**
 * Keeps the attach unanswered until the broker grants a session, and then answers with its id and its lock's end.
 * @returns Cancels the request.
 */
export function requestSession(
  service: Service,
  link: OutgoingLink,
  connection: Peer,
  { consumer, queue }: ReceiveLink,
  wanted: { readonly id: string } | "next",
  on: { granted(sessionId: string): void; refused(error: unknown): void },
): () => void {
  const entity = queue.address;
  const timeout: unknown = link.properties?.[TIMEOUT];
  let cancel = (): void => {};
  let over = false;

  takeBackAttach(link);

  const granted = (session: AcceptedSession): void => {
    const { sessionId } = session;
    let isLost = false;
    on.granted(sessionId);
    const operation = {
      kind: "acceptSession",
      entity,
      connection,
      about: () => ({ aggregate: sessionId }),
      loseLock() {
        isLost = true;
        queue.loseSession(sessionId);
      },
    } as const;
    service
      .perform(operation, () => session)
      .then(() => {
        if (isLost)
          throw new BrokerError("session-lock-lost", `The lock of session '${sessionId}' was lost.`);
        if (!over) answer(link, session);
      })
      .catch(on.refused);
  };
  service
    .perform({ kind: "subscribe", entity, connection }, () => {
      cancel = queue.acceptSession({
        sessionId: wanted === "next" ? undefined : wanted.id,
        consumer,
        timeout: typeof timeout === "number" ? timeout : DEFAULT_TIMEOUT,
        granted,
        refused: on.refused,
      });
    })
    .catch(on.refused);
  return () => {
    over = true;
    cancel();
  };
}

function answer(link: OutgoingLink, { sessionId, lockedUntil }: AcceptedSession): void {
  const ticks = Buffer.alloc(8);
  ticks.writeBigInt64BE(EPOCH_TICKS + BigInt(lockedUntil) * 10_000n);
  link.set_source({ address: link.source.address, filter: { [SESSION_FILTER]: sessionId } });
  link.local.attach.properties = { [LOCKED_UNTIL]: types.wrap_long(ticks) };
  link.open();
}
