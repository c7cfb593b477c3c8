import { BrokerError } from "../broker/errors.ts";
import type { Consumer, Delivery } from "../broker/message.ts";
import type { Queue } from "../broker/queue.ts";
import { encodeDelivery, toChanges } from "./codec.ts";
import { faultOf } from "./conditions.ts";
import type { OutgoingLink, PeerDelivery } from "./rhea.ts";
import type { Operation, Service } from "./service.ts";
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
  connection: string,
  queue: Queue,
): ReceiveLink {
  const entity = queue.address;
  const unsettled = new Set<PeerDelivery>();
  let open = true;
  /** Deliveries that the broker gave, and credit that was given back unused. */
  let given = 0;
  let drained = 0;
  let draining = false;
  /** The client's credit was cut, since rhea's ring was almost full. */
  let crowded = false;

  /** Deliveries that wait for durability or for the client's window: their credit is spent. */
  const inFlight = (): number => given - (link.delivery_count - drained);

  const perform = <T>(kind: Operation["kind"], apply: () => T): Promise<T> =>
    service.perform({ kind, entity, connection }, apply);

  const consumer: Consumer = {
    mode: link.local.attach.snd_settle_mode === SETTLED ? "receiveAndDelete" : "peekLock",
    credit: 0,
    deliver(delivery) {
      given += 1;
      perform("deliver", () => delivery).then(send, fail);
    },
    sessionLost() {
      fail(new BrokerError("session-lock-lost", "The session lock has expired. Accept the session again."));
    },
  };

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
    // Behind the deliveries that the credit of the same flow brought about.
    perform("drain", () => {
      consumer.credit = 0;
    }).then(() => {
      if (!open) return;
      link.connection._process();
      draining = true;
      link.issue_flow = true;
      link.connection._process();
    }, fail);
  });

  type Settled = "accepted" | "rejected" | "released" | "modified";
  const settling = (
    kind: Operation["kind"],
    outcome: Settled,
    apply: (delivery: PeerDelivery) => void,
  ): void => {
    link.on(outcome, ({ delivery }: { delivery: PeerDelivery }) => {
      unsettled.delete(delivery);
      const answer = (settled: Outcome): void => {
        settle(link.connection, delivery, settled);
        if (crowded && open) updateCredit();
      };
      perform(kind, () => apply(delivery)).then(
        () => answer(outcome),
        (error: unknown) => answer(refused(error)),
      );
    });
  };

  settling("complete", "accepted", ({ tag }) => queue.complete(tokenOfTag(tag)));
  settling("abandon", "released", ({ tag }) => queue.abandon(tokenOfTag(tag), {}));
  settling("abandon", "modified", ({ tag, remote_state }) => {
    const changes = toChanges(remote_state?.message_annotations);
    if (remote_state?.undeliverable_here === true) queue.defer(tokenOfTag(tag), changes);
    else queue.abandon(tokenOfTag(tag), changes);
  });
  settling("deadLetter", "rejected", ({ tag, remote_state }) => {
    const { DeadLetterReason, DeadLetterErrorDescription, ...changes } = toChanges(remote_state?.error?.info);
    queue.deadLetter(tokenOfTag(tag), {
      reason: asText(DeadLetterReason),
      description: asText(DeadLetterErrorDescription),
      changes,
    });
  });

  return { consumer, queue, detach };
}

const asText = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
