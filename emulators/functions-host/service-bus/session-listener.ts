import { isServiceBusError, type ServiceBusClient, type ServiceBusSessionReceiver } from "@azure/service-bus";
import { wait } from "../deferred.ts";
import type { Listener, ListenerContext } from "../listener.ts";
import type { Availability } from "../log.ts";
import { closeQuietly } from "./clients.ts";
import { handleMessage, type ServiceBusFunction } from "./handle.ts";
import { lockOfSession, renewLock } from "./lock-renewal.ts";
import { createSlots } from "./slots.ts";

/** Links that wait for the next free session at the same time; .NET allows two for each processor. */
const CONCURRENT_ACCEPTS = 8;
const RETRY_PAUSE = 1_000;
/** Longer than the server lets an accept wait. */
const ACCEPT_DEADLINE = 10_000;

/**
 * Holds up to maxConcurrentSessions sessions, each until no message came for sessionIdleTimeout while no call
 * was running. As in .NET, the idle time starts when a receive does, so a handler may take longer than it.
 * @param connect makes a client for this listener alone: an accept under way can't be aborted, and one whose
 * request the server took down with it blocks its whole connection for a minute
 */
export function listenToSessions(
  definition: ServiceBusFunction,
  context: ListenerContext,
  connect: () => ServiceBusClient,
  availability: Availability,
): Listener {
  const config = context.host.extensions.serviceBus;
  const { emit, instance, now } = context;
  const { name } = definition;
  let client = connect();
  const stopping = new AbortController();
  const accepting = createSlots(CONCURRENT_ACCEPTS);
  const held = new Set<Promise<void>>();

  const acceptInTime = async (): Promise<ServiceBusSessionReceiver> => {
    const used = client;
    const accepted = accept(definition, used);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`No answer to an accept for ${ACCEPT_DEADLINE} ms`));
        accepted.then(closeQuietly).catch(() => {});
        if (client !== used || stopping.signal.aborted) return;
        client = connect();
        closeQuietly(used).catch(() => {});
      }, ACCEPT_DEADLINE);
    });
    return Promise.race([accepted, deadline]).finally(() => clearTimeout(timer));
  };

  const acceptNext = async (): Promise<ServiceBusSessionReceiver | undefined> => {
    await accepting.acquire();
    try {
      while (!stopping.signal.aborted) {
        try {
          const receiver = await acceptInTime();
          availability.up();
          return receiver;
        } catch (error) {
          if (stopping.signal.aborted) return undefined;
          // The long poll's end: the server is there, it has no free session.
          if (isServiceBusError(error) && error.code === "ServiceTimeout") availability.up();
          else {
            availability.down(error);
            await wait(RETRY_PAUSE, stopping.signal);
          }
        }
      }
      return undefined;
    } finally {
      accepting.release();
    }
  };

  const hold = async (receiver: ServiceBusSessionReceiver): Promise<void> => {
    const { sessionId } = receiver;
    // Past this the lock is renewed no longer: the session is given back between two messages.
    const limit = config.maxAutoLockRenewalDuration;
    const end = now() + limit;
    const done = new AbortController();
    const calls = createSlots(config.maxConcurrentCallsPerSession);
    const running = new Set<Promise<void>>();
    // Not awaited: a renewal under way when the server goes ends by its time-out only.
    renewLock(lockOfSession(receiver), { limit, now, awake: instance.awake }, done.signal).catch(() => {});
    emit({ type: "session", action: "accepted", instance: instance.number, functionName: name, sessionId });
    try {
      while (!stopping.signal.aborted && now() < end && !receiver.isClosed) {
        await calls.acquire();
        if (stopping.signal.aborted) break;
        const [message] = await receiver.receiveMessages(1, {
          maxWaitTimeInMs: config.sessionIdleTimeout,
          abortSignal: stopping.signal,
        });
        if (message === undefined) {
          calls.release();
          if (running.size === 0) break;
          continue;
        }
        const call = handleMessage(definition, context, receiver, message).finally(() => {
          running.delete(call);
          calls.release();
        });
        running.add(call);
      }
    } catch {
      // The session's lock or the connection is lost, or the host stops: its messages come again.
    }
    await Promise.allSettled(running);
    done.abort();
    await closeQuietly(receiver);
    emit({ type: "session", action: "released", instance: instance.number, functionName: name, sessionId });
  };

  const serve = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const receiver = await acceptNext();
      if (receiver === undefined) return;
      if (stopping.signal.aborted) return closeQuietly(receiver);
      const holding = hold(receiver);
      held.add(holding);
      await holding.finally(() => held.delete(holding));
    }
  };
  for (let slot = 0; slot < config.maxConcurrentSessions; slot++) serve().catch(availability.down);

  return {
    async stop() {
      stopping.abort();
      await Promise.allSettled(held);
      // An accept under way ends by its own time-out, which the client's close does not cut short.
      await closeQuietly(client);
    },
  };
}

function accept(
  { trigger }: ServiceBusFunction,
  client: ServiceBusClient,
): Promise<ServiceBusSessionReceiver> {
  const options = { skipParsingBodyAsJson: true, maxAutoLockRenewalDurationInMs: 0 };
  const { queueName, topicName = "", subscriptionName = "" } = trigger;
  return queueName === undefined
    ? client.acceptNextSession(topicName, subscriptionName, options)
    : client.acceptNextSession(queueName, options);
}
