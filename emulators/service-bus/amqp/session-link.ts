import type { AcceptedSession } from "../broker/sessions.ts";
import type { ReceiveLink } from "./receive-link.ts";
import { type OutgoingLink, types } from "./rhea.ts";
import type { Service } from "./service.ts";

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
  connection: string,
  { consumer, queue }: ReceiveLink,
  wanted: { readonly id: string } | "next",
  on: { granted(sessionId: string): void; refused(error: unknown): void },
): () => void {
  const entity = queue.address;
  const timeout: unknown = link.properties?.[TIMEOUT];
  let cancel = (): void => {};
  let over = false;

  // rhea answers every attach on its own: take the answer back.
  link.state.local_open = false;
  link.state.open_requests = 0;

  const granted = (session: AcceptedSession): void => {
    on.granted(session.sessionId);
    service
      .perform({ kind: "acceptSession", entity, connection }, () => session)
      .then(() => {
        if (!over) answer(link, session);
      }, on.refused);
  };
  service
    .perform({ kind: "attach", entity, connection }, () => {
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
