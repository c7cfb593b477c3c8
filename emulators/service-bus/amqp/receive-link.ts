import { BrokerError } from "../broker/errors.ts";
import type { Consumer, Delivery } from "../broker/message.ts";
import type { Queue } from "../broker/queue.ts";
import { encodeDelivery, toChanges } from "./codec.ts";
import { faultOf } from "./conditions.ts";
import { aboutLocks, factsOfMessage } from "./facts.ts";
import type { OutgoingLink, PeerDelivery } from "./rhea.ts";
import type { Operation, Peer, Service } from "./service.ts";
import { type Outcome, refused, settle } from "./settlement.ts";
import { tagOf, tokenOfTag } from "./tokens.ts";

const SETTLED = 1;

/** rhea keeps unsettled deliveries in a ring of this size for each AMQP session, and throws when it is full. */
export const MAX_UNSETTLED = 16_384;

/** A client's receiver, as the broker's consumer. */
export interface ReceiveLink {
  readonly consumer: Consumer;
  readonly queue: Queue;
  /** Takes it from the broker; deliveries on their way are dropped, their locks run out. */
  detach(): void;
}

/** Connects a client's receiver with its queue; the caller adds the consumer to the queue. */
export function openReceiveLink(
  service: Service,
  link: OutgoingLink,
  connection: Peer,
  queue: Queue,
): ReceiveLink {
  const entity = queue.address;
  const unsettled = new Set<PeerDelivery>();
  const underWay = new Set<Promise<void>>();
  let open = true;
  /** Deliveries that the broker gave, and credit that was given back unused. */
  let given = 0;
  let drained = 0;
  let draining = false;
  /** The client's credit was cut, since rhea's ring was almost full. */
  let crowded = false;

  /** Deliveries that wait for durability or for the client's window: their credit is spent. */
  const inFlight = (): number => given - (link.delivery_count - drained);

  const perform = <T>(
    kind: Operation["kind"],
    apply: () => T,
    about: Pick<Operation, "about" | "loseLock"> = {},
  ): Promise<T> => service.perform({ kind, entity, connection, ...about }, apply);

  const consumer: Consumer = {
    mode: link.local.attach.snd_settle_mode === SETTLED ? "receiveAndDelete" : "peekLock",
    credit: 0,
    deliver(delivery) {
      given += 1;
      const sent = deliver(delivery).catch(fail);
      underWay.add(sent);
      void sent.then(() => underWay.delete(sent));
    },
    sessionLost() {
      fail(new BrokerError("session-lock-lost", "The session lock has expired. Accept the session again."));
    },
  };

  async function deliver(delivery: Delivery): Promise<void> {
    const { message, deliveryCount, lock } = delivery;
    let times = 0;
    await perform(
      "deliver",
      () => {
        times += 1;
      },
      {
        ...aboutLocks(() => queue, lock === undefined ? [] : [lock.token]),
        about: () => factsOfMessage(message, deliveryCount + 1),
      },
    );
    send(delivery);
    // A fault applied it twice: the same delivery comes a second time, as soon as there is credit for it.
    if (times < 2) return;
    given += 1;
    consumer.credit = Math.max(0, consumer.credit - 1);
    send(delivery);
  }

  function send(delivery: Delivery): void {
    if (!open) return;
    const { lock } = delivery;
    const tag = lock === undefined ? Buffer.alloc(16) : tagOf(lock.token);
    const sent = link.send(encodeDelivery(delivery), tag, 0) as unknown as PeerDelivery;
    if (lock !== undefined) unsettled.add(sent);
  }

  function fail(error: unknown): void {
    if (!open) return;
    const { condition, description } = faultOf(error);
    detach();
    link.close({ condition, description });
  }

  function detach(): void {
    if (!open) return;
    open = false;
    // Else the ring of the AMQP session, which may live on, would keep them for ever.
    for (const delivery of unsettled) {
      delivery.settled = true;
      delivery.remote_settled = true;
    }
    perform("detach", () => queue.removeConsumer(consumer)).catch(() => {});
  }

  link._get_drain = () => {
    if (!draining) return false;
    draining = false;
    drained += link.credit;
    link.delivery_count += link.credit;
    link.credit = 0;
    return true;
  };

  /** Tells the broker what the client and rhea's ring have room for. */
  function updateCredit(): void {
    const room = link.session.outgoing.available();
    crowded = room < link.credit;
    perform("credit", () => {
      consumer.credit = Math.max(0, Math.min(link.credit, room) - inFlight());
      queue.resume(consumer);
    }).catch(fail);
  }
  link.on("sender_flow", updateCredit);

  link.on("sender_draining", () => {
    // Behind the deliveries that the credit of the same flow brought about, also those that a fault delays.
    const drain = async (): Promise<void> => {
      await perform("drain", () => {
        consumer.credit = 0;
      });
      await Promise.all(underWay);
    };
    drain().then(() => {
      if (!open) return;
      link.connection._process();
      draining = true;
      link.issue_flow = true;
      link.connection._process();
    }, fail);
  });

  type Settled = "accepted" | "rejected" | "released" | "modified";
  const settling = (
    outcome: Settled,
    kindOf: (delivery: PeerDelivery) => Operation["kind"],
    apply: (delivery: PeerDelivery) => void,
  ): void => {
    link.on(outcome, ({ delivery }: { delivery: PeerDelivery }) => {
      unsettled.delete(delivery);
      const answer = (settled: Outcome): void => {
        settle(link.connection, delivery, settled);
        if (crowded && open) updateCredit();
      };
      const locks = aboutLocks(() => queue, [tokenOfTag(delivery.tag)]);
      perform(kindOf(delivery), () => apply(delivery), locks).then(
        () => answer(outcome),
        (error: unknown) => answer(refused(error)),
      );
    });
  };

  settling(
    "accepted",
    () => "complete",
    ({ tag }) => queue.complete(tokenOfTag(tag)),
  );
  settling(
    "released",
    () => "abandon",
    ({ tag }) => queue.abandon(tokenOfTag(tag), {}),
  );
  const isDeferred = ({ remote_state }: PeerDelivery) => remote_state?.undeliverable_here === true;
  settling(
    "modified",
    (delivery) => (isDeferred(delivery) ? "defer" : "abandon"),
    (delivery) => {
      const changes = toChanges(delivery.remote_state?.message_annotations);
      if (isDeferred(delivery)) queue.defer(tokenOfTag(delivery.tag), changes);
      else queue.abandon(tokenOfTag(delivery.tag), changes);
    },
  );
  settling(
    "rejected",
    () => "deadLetter",
    ({ tag, remote_state }) => {
      const { DeadLetterReason, DeadLetterErrorDescription, ...changes } = toChanges(
        remote_state?.error?.info,
      );
      queue.deadLetter(tokenOfTag(tag), {
        reason: asText(DeadLetterReason),
        description: asText(DeadLetterErrorDescription),
        changes,
      });
    },
  );

  return { consumer, queue, detach };
}

const asText = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
