import type {
  Aggregate,
  Delivery,
  Envelope,
  InboxRecord,
  Outcome,
  Outgoing,
  Publish,
  Quarantine,
  QuarantineReason,
  Store,
  StoredState,
  Surroundings,
} from "./contracts.ts";
import { PermanentError, TransientError } from "./errors.ts";
import { isFuture, isTooOld, keepRecordFor, type Retention } from "./guard.ts";
import { outgoingId } from "./ids.ts";
import { inProcess, retrying } from "./retry.ts";
import { sending } from "./sending.ts";
import type { StepName, Telemetry } from "./telemetry.ts";

/** Why something is no message of an endpoint's, in a sentence for an operator. */
export interface Unreadable {
  readonly reason: "unknown type" | "malformed";
  readonly problem: string;
}

/** An endpoint's business, without I/O. */
export interface Behaviour<State, Incoming, Sent> {
  readonly name: string;
  /** The message, or why it is none. */
  readonly parse: (type: string, schema: number, body: unknown) => Incoming | Unreadable;
  readonly aggregateOf: (message: Incoming) => string;
  readonly initial: State;
  readonly schema: number;
  readonly restore: (schema: number, stored: unknown) => State;
  readonly decide: (
    state: State,
    message: Incoming,
    facts: { readonly createdAt: string },
  ) => { readonly state: State; readonly outgoing: readonly Sent[]; readonly outcome: Outcome };
  /** Where a message goes, and as what. */
  readonly address: (
    message: Sent,
  ) => Pick<Outgoing, "type" | "schema" | "destination" | "sessionId" | "body">;
}

/** The I/O steps of one message's way. */
export interface Steps {
  readonly store: Pick<Store, "load" | "commit" | "outboxItem" | "remove">;
  readonly publish: Publish;
  readonly quarantine: Quarantine;
}

/**
 * Makes the function that processes one delivered message exactly once: when it resolves, the message may be
 * completed; when it throws, the delivery must be given back.
 */
export function endpoint<State, Incoming, Sent>(
  behaviour: Behaviour<State, Incoming, Sent>,
  { store, publish, quarantine }: Steps,
  surroundings: Surroundings,
  telemetry: Telemetry,
  retention: Retention,
): (delivery: Delivery) => Promise<void> {
  const { now } = surroundings;

  /** A message that was understood, and how far this delivery of it has come. */
  interface Run {
    readonly delivery: Delivery;
    readonly envelope: Envelope;
    readonly message: Incoming;
    readonly aggregate: Aggregate;
    /** `tried`: the answer to a commit was lost, so that a record found later may be this delivery's own. */
    progress: "none" | "tried" | "committed";
  }

  async function receive(delivery: Delivery): Promise<void> {
    const { envelope, original } = delivery;
    const attributes = {
      "messaging.destination.name": delivery.entity,
      "messaging.servicebus.message.delivery_count": delivery.deliveryCount,
      ...(original.messageId === undefined ? {} : { "messaging.message.id": original.messageId }),
      ...("problem" in envelope
        ? {}
        : { "pierogi.message.logical_id": envelope.id, "pierogi.message.type": envelope.type }),
    };
    const trace = "problem" in envelope ? undefined : envelope.trace;
    await telemetry.span(`process ${behaviour.name}`, attributes, () => handle(delivery), trace);
  }

  async function handle(delivery: Delivery): Promise<void> {
    const run = understand(delivery);
    if ("reason" in run) {
      return retrying(surroundings, inProcess, () => refuse(delivery, run.reason, run.description));
    }
    told("received", run);
    try {
      // Each attempt begins with what is stored: after a lost answer that is what tells the outcome (6).
      await retrying(surroundings, inProcess, () => attempt(run));
    } catch (error) {
      told("given back", run, String(error));
      throw error;
    }
    told("completed", run);
  }

  /** What needs no store: is it ours, and is its date possible? */
  function understand(delivery: Delivery): Run | { reason: QuarantineReason; description: string } {
    const { envelope } = delivery;
    if ("problem" in envelope) return { reason: "malformed", description: envelope.problem };
    const message = behaviour.parse(envelope.type, envelope.schema, parseJson(envelope.body));
    if (isProblem(message)) return { reason: message.reason, description: message.problem };
    if (isFuture(envelope.createdAt, now(), retention)) {
      return {
        reason: "future",
        description: `created at ${iso(envelope.createdAt)}; here it is ${iso(now())}`,
      };
    }
    const aggregate = { endpoint: behaviour.name, id: behaviour.aggregateOf(message) };
    return { delivery, envelope, message, aggregate, progress: "none" };
  }

  async function attempt(run: Run): Promise<void> {
    const { delivery, envelope, aggregate } = run;
    const { state, version, record } = await telemetry.span("load", {}, () =>
      store.load(aggregate, envelope.id),
    );
    if (record !== undefined) return finish(run, record);
    if (isTooOld(envelope.createdAt, now(), retention)) {
      return refuse(
        delivery,
        "too old",
        `created at ${iso(envelope.createdAt)}, and no record of it is left`,
      );
    }
    const { decision, outgoing } = decide(run, state);
    const unit = {
      messageId: envelope.id,
      record: { createdAt: envelope.createdAt, outcome: decision.outcome },
      state: { schema: behaviour.schema, value: decision.state },
      outgoing,
      deadline: envelope.createdAt + retention.retention,
      keepRecordFor: keepRecordFor(envelope.createdAt, now(), retention),
      ...(version === undefined ? {} : { version }),
    };
    const result = await telemetry
      .span("commit", {}, () => store.commit(aggregate, unit))
      .catch((error: unknown) => {
        run.progress = "tried";
        throw error;
      });
    switch (result) {
      case "committed":
        run.progress = "committed";
        told("committed", run);
        return dispatch(run, outgoing);
      case "duplicate":
        return finish(run);
      case "conflict":
        told("conflict", run);
        throw new TransientError(
          `${aggregate.endpoint} ${aggregate.id} was changed by another message meanwhile`,
        );
      case "expired":
        return refuse(
          delivery,
          "too old",
          `created at ${iso(envelope.createdAt)}, too old by the store's clock`,
        );
      default:
        return refuse(delivery, "refused", result.refused);
    }
  }

  function decide(run: Run, stored: StoredState | undefined) {
    const { envelope, message } = run;
    const state = stored === undefined ? behaviour.initial : restored(stored);
    const decision = behaviour.decide(state, message, { createdAt: iso(envelope.createdAt) });
    const trace = telemetry.trace();
    const createdAt = now();
    const outgoing = decision.outgoing.map((sent, ordinal) => ({
      ...behaviour.address(sent),
      id: outgoingId(envelope.id, behaviour.name, ordinal),
      createdAt,
      trace,
    }));
    const { outcome } = decision;
    const detail =
      outcome.status === "rejected" ? `rejected: ${outcome.reason}` : outgoing.map((o) => o.type).join(", ");
    told("decided", run, detail);
    return { decision, outgoing };
  }

  /** During a roll-out a newer instance may have written it: until this one is replaced, no delivery is used up (8). */
  function restored({ schema, value }: StoredState): State {
    try {
      return behaviour.restore(schema, value);
    } catch (cause) {
      throw new TransientError(`the stored state can't be read: ${String(cause)}`, { cause });
    }
  }

  /** The store has it already: sends what is still unsent, as it was stored (1, 6). */
  async function finish(run: Run, record?: InboxRecord): Promise<void> {
    const { aggregate, envelope } = run;
    if (run.progress === "none") told(record === undefined ? "decided twice" : "duplicate", run);
    if (run.progress === "tried") told("committed", run, "seen after the answer was lost");
    run.progress = "committed";
    const item = await telemetry.span("load item", {}, () =>
      store.outboxItem({ aggregate, messageId: envelope.id }),
    );
    if (item !== undefined) return dispatch(run, item.outgoing);
    if (record !== undefined) return;
    // The commit met something, and it can have been the item: only a record proves that all is done (6).
    const loaded = await telemetry.span("load", {}, () => store.load(aggregate, envelope.id));
    if (loaded.record === undefined) {
      throw new PermanentError(
        `the store has ${envelope.id} already, but shows neither its record nor its outbox item`,
      );
    }
  }

  /** The item goes only after the broker has acknowledged every message in it (9). */
  async function dispatch(run: Run, outgoing: readonly Outgoing[]): Promise<void> {
    if (outgoing.length === 0) return;
    const { aggregate, envelope } = run;
    try {
      await sending(telemetry, publish, outgoing);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      // No redelivery mends it, and the commit stands: the item stays, for the sweeper and an operator to see.
      telemetry.failed(`dispatch of ${aggregate.endpoint} ${envelope.id}: left to the sweeper`, error);
      return;
    }
    store.remove([{ aggregate, messageId: envelope.id }]);
    told("sent", run, outgoing.map((message) => message.type).join(", "), outgoing);
  }

  async function refuse(delivery: Delivery, reason: QuarantineReason, description: string): Promise<void> {
    await telemetry.span("send quarantine", { "pierogi.quarantine.reason": reason }, () =>
      quarantine(delivery, reason, description),
    );
    const { envelope } = delivery;
    const message = "problem" in envelope ? { id: delivery.original.messageId ?? "", type: "" } : envelope;
    telemetry.step({
      step: "quarantined",
      endpoint: behaviour.name,
      message,
      deliveryCount: delivery.deliveryCount,
      detail: `${reason}: ${description}`,
    });
  }

  const told = (
    step: StepName,
    { envelope, aggregate, delivery }: Run,
    detail?: string,
    sent?: readonly Outgoing[],
  ): void =>
    telemetry.step({
      step,
      endpoint: behaviour.name,
      message: envelope,
      aggregate,
      deliveryCount: delivery.deliveryCount,
      ...(detail === undefined ? {} : { detail }),
      ...(sent === undefined ? {} : { sent }),
    });

  return receive;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is no JSON is no message either: the behaviour's parse says so in its own words.
    return undefined;
  }
}

const isProblem = (parsed: unknown): parsed is Unreadable =>
  typeof parsed === "object" && parsed !== null && "problem" in parsed;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
