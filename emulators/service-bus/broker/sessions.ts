import type { QueueContext } from "./context.ts";
import type { Deadline } from "./deadlines.ts";
import { BrokerError } from "./errors.ts";
import { createLane, firstReady, type Lane } from "./lane.ts";
import type { BrokerEvent, Consumer } from "./message.ts";
import type { QueueSettings } from "./topology.ts";

export interface AcceptedSession {
  readonly sessionId: string;
  readonly lockedUntil: number;
}

/** A wish for a session's lock; exactly one of `granted` and `refused` is called, unless it is cancelled. */
export interface SessionRequest {
  /** Undefined: the next session with a message that nobody holds. */
  readonly sessionId: string | undefined;
  readonly consumer: Consumer;
  /** Milliseconds to wait for a next session. */
  readonly timeout: number;
  granted(session: AcceptedSession): void;
  refused(error: BrokerError): void;
}

/** The sessions of one queue. */
export interface Sessions {
  /** @returns Cancels the request if it still waits. */
  acceptSession(request: SessionRequest): () => void;
  /** @returns The lock's new end. */
  renewSession(sessionId: string, consumer: Consumer | undefined): number;
  sessionState(sessionId: string, consumer: Consumer | undefined): Uint8Array | undefined;
  setSessionState(sessionId: string, consumer: Consumer | undefined, state: Uint8Array | undefined): void;
  restoreSessionState(sessionId: string, state: Uint8Array): void;
  /** Ids of sessions with messages or state, in the order they appeared. */
  sessionIds(): readonly string[];
  /** Ends the session's lock before its time. */
  loseSession(sessionId: string): void;
}

/** What only the queue itself calls. */
interface SessionsOfQueue extends Sessions {
  lane(sessionId: string): Lane;
  lockLost(sessionId: string | undefined): BrokerError;
  heldBy(consumer: Consumer): Lane | undefined;
  release(consumer: Consumer): void;
  /** The lane's messages or holder changed. */
  changed(lane: Lane): void;
}

interface Parts {
  readonly context: QueueContext;
  readonly settings: QueueSettings;
  readonly address: string;
  /** Makes the lane's locked messages available; `counts`: the delivery counts as one. */
  releaseLocked(lane: Lane, counts: boolean): void;
  pump(lane: Lane): void;
}

/** Creates the sessions of a queue. A queue without sessions has none and refuses every request. */
export function createSessions({ context, settings, address, releaseLocked, pump }: Parts): SessionsOfQueue {
  const { now, deadlines, journal } = context;
  const lanes = new Map<string, Lane>();
  const held = new Map<Consumer, Lane>();
  /** Lanes with a ready message that nobody holds, the longest waiting first. */
  const available = new Set<Lane>();
  const waiting = new Map<SessionRequest, Deadline>();

  const emit = (type: BrokerEvent["type"], lane: Lane): void =>
    context.emit({ type, at: now(), entity: address, sessionId: lane.sessionId });

  function lane(sessionId: string): Lane {
    let found = lanes.get(sessionId);
    if (found === undefined) {
      found = createLane(sessionId);
      lanes.set(sessionId, found);
    }
    return found;
  }

  function changed(one: Lane): void {
    if (one.holder === undefined && firstReady(one) !== undefined) {
      const next = waiting.keys().next().value;
      if (next === undefined) available.add(one);
      else {
        waiting.get(next)?.cancel();
        waiting.delete(next);
        grant(next, one);
      }
      return;
    }
    available.delete(one);
    const empty = one.size === 0 && one.holder === undefined && one.state === undefined;
    if (empty && one.sessionId !== undefined) lanes.delete(one.sessionId);
  }

  function grant(request: SessionRequest, one: Lane): void {
    const sessionId = one.sessionId ?? "";
    const until = now() + settings.lockDuration;
    available.delete(one);
    one.holder = { consumer: request.consumer, until, deadline: deadlines.add(until, () => lose(one)) };
    one.consumers = [request.consumer];
    held.set(request.consumer, one);
    emit("sessionAccepted", one);
    request.granted({ sessionId, lockedUntil: until });
  }

  function lose(one: Lane): void {
    const consumer = one.holder?.consumer;
    letGo(one);
    emit("sessionLockExpired", one);
    releaseLocked(one, true);
    consumer?.sessionLost();
    pump(one);
  }

  function letGo(one: Lane): void {
    if (one.holder === undefined) return;
    one.holder.deadline.cancel();
    held.delete(one.holder.consumer);
    one.holder = undefined;
    one.consumers = [];
  }

  const lockLost = (sessionId: string | undefined): BrokerError =>
    new BrokerError(
      "session-lock-lost",
      `The lock of session '${sessionId}' in '${address}' has expired or is not held by this receiver. Accept the session again.`,
    );

  function holding(sessionId: string, consumer: Consumer | undefined): Lane {
    const one = lanes.get(sessionId);
    if (one?.holder !== undefined && one.holder.consumer === consumer && one.holder.until > now()) return one;
    throw lockLost(sessionId);
  }

  return {
    lane,
    changed,
    lockLost,
    heldBy: (consumer) => held.get(consumer),

    acceptSession(request) {
      if (!settings.requiresSession) {
        throw new BrokerError(
          "invalid-operation",
          `A sessionful message receiver cannot be created on an entity that does not require sessions: '${address}'.`,
        );
      }
      const { sessionId } = request;
      if (sessionId !== undefined) {
        const one = lane(sessionId);
        if (one.holder !== undefined) {
          throw new BrokerError(
            "session-cannot-be-locked",
            `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
          );
        }
        grant(request, one);
        return () => {};
      }
      const next = available.values().next().value;
      if (next !== undefined) {
        grant(request, next);
        return () => {};
      }
      const timeout = deadlines.add(now() + request.timeout, () => {
        waiting.delete(request);
        request.refused(
          new BrokerError(
            "timeout",
            `No session of '${address}' became available within ${request.timeout} ms.`,
          ),
        );
      });
      waiting.set(request, timeout);
      return () => {
        timeout.cancel();
        waiting.delete(request);
      };
    },

    release(consumer) {
      const one = held.get(consumer);
      if (one === undefined) return;
      letGo(one);
      emit("sessionReleased", one);
      // Azure, "Message sessions", delivery count: messages of a session that is closed do not count as delivered.
      releaseLocked(one, false);
      pump(one);
    },

    renewSession(sessionId, consumer) {
      const one = holding(sessionId, consumer);
      const until = now() + settings.lockDuration;
      if (one.holder !== undefined) {
        one.holder.deadline.cancel();
        one.holder.until = until;
        one.holder.deadline = deadlines.add(until, () => lose(one));
      }
      return until;
    },

    sessionState: (sessionId, consumer) => holding(sessionId, consumer).state,
    setSessionState(sessionId, consumer, state) {
      holding(sessionId, consumer).state = state;
      journal.sessionState(address, sessionId, state);
    },
    restoreSessionState(sessionId, state) {
      lane(sessionId).state = state;
    },
    loseSession(sessionId) {
      const one = lanes.get(sessionId);
      if (one?.holder !== undefined) lose(one);
    },
    sessionIds: () =>
      [...lanes.values()]
        .filter((one) => one.size > 0 || one.state !== undefined)
        .flatMap((one) => one.sessionId ?? []),
  };
}
