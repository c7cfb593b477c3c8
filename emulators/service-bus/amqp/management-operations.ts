import type { Consumer } from "../broker/message.ts";
import type { Namespace } from "../broker/namespace.ts";
import type { Queue } from "../broker/queue.ts";
import { decodeDraft, encodeDelivery, encodePeeked, toChanges } from "./codec.ts";
import { WireError } from "./conditions.ts";
import { types } from "./rhea.ts";
import { tokenOfUuid, uuidOf } from "./tokens.ts";

export interface ManagementRequest {
  readonly namespace: Namespace;
  readonly entity: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the link that the request belongs to. */
  readonly consumer: Consumer | undefined;
}

/** Answers the reply's body; undefined means there is nothing (204). */
type Operation = (request: ManagementRequest) => object | undefined;

const TIMESTAMP = 0x83;
const LONG = 0x81;

const queueOf = ({ namespace, entity }: ManagementRequest): Queue => namespace.queue(entity);

/** The operations of a `$management` node, by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "com.microsoft:renew-lock": (request) => {
    const expirations = tokens(request).map((token) => queueOf(request).renewLock(token));
    return { expirations: types.wrap_array(expirations, TIMESTAMP) };
  },

  "com.microsoft:peek-message": (request) => {
    const { body } = request;
    const messages = queueOf(request).peek(
      number(body, "from-sequence-number"),
      number(body, "message-count"),
      optionalText(body, "session-id"),
    );
    if (messages.length === 0) return undefined;
    return { messages: messages.map((message) => ({ message: encodePeeked(message) })) };
  },

  "com.microsoft:schedule-message": ({ namespace, entity, body }) => {
    const drafts = records(body, "messages").map((item) => decodeDraft(binary(item, "message")));
    const sequences = namespace.schedule(entity, drafts);
    return { "sequence-numbers": types.wrap_array(sequences, LONG) };
  },

  "com.microsoft:cancel-scheduled-message": ({ namespace, entity, body }) => {
    namespace.cancelScheduled(entity, numbers(body, "sequence-numbers"));
    return {};
  },

  "com.microsoft:receive-by-sequence-number": (request) => {
    const { body, consumer } = request;
    const mode = number(body, "receiver-settle-mode") === 0 ? "receiveAndDelete" : "peekLock";
    const deliveries = queueOf(request).receiveDeferred(numbers(body, "sequence-numbers"), mode, consumer);
    return {
      messages: deliveries.map((delivery) => ({
        ...(delivery.lock === undefined
          ? {}
          : { "lock-token": types.wrap_uuid(uuidOf(delivery.lock.token)) }),
        message: encodeDelivery(delivery),
      })),
    };
  },

  "com.microsoft:update-disposition": (request) => {
    const { body } = request;
    const queue = queueOf(request);
    const changes = toChanges(optionalRecord(body, "properties-to-modify"));
    const status = text(body, "disposition-status");
    for (const token of tokens(request)) {
      switch (status) {
        case "completed":
          queue.complete(token);
          break;
        case "abandoned":
          queue.abandon(token, changes);
          break;
        case "defered":
          queue.defer(token, changes);
          break;
        case "suspended":
          queue.deadLetter(token, {
            reason: optionalText(body, "deadletter-reason"),
            description: optionalText(body, "deadletter-description"),
            changes,
          });
          break;
        default:
          throw invalid("disposition-status", "completed, abandoned, defered or suspended", status);
      }
    }
    return {};
  },

  "com.microsoft:renew-session-lock": (request) => {
    const until = queueOf(request).renewSession(text(request.body, "session-id"), request.consumer);
    return { expiration: types.wrap_timestamp(until) };
  },

  "com.microsoft:get-session-state": (request) => {
    const state = queueOf(request).sessionState(text(request.body, "session-id"), request.consumer);
    return { "session-state": state === undefined ? null : types.wrap_binary(state) };
  },

  "com.microsoft:set-session-state": (request) => {
    const state = request.body["session-state"];
    queueOf(request).setSessionState(
      text(request.body, "session-id"),
      request.consumer,
      state === null || state === undefined ? undefined : Buffer.from(binary(request.body, "session-state")),
    );
    return {};
  },

  "com.microsoft:get-message-sessions": (request) => {
    const skip = number(request.body, "skip");
    const ids = queueOf(request)
      .sessionIds()
      .slice(skip, skip + number(request.body, "top"));
    return ids.length === 0 ? undefined : { skip: types.wrap_int(skip + ids.length), "sessions-ids": ids };
  },
};

function tokens({ body }: ManagementRequest): readonly string[] {
  return list(body, "lock-tokens").map((token) => {
    if (Buffer.isBuffer(token) && token.length === 16) return tokenOfUuid(token);
    throw invalid("lock-tokens", "an array of uuid", token);
  });
}

type Body = Readonly<Record<string, unknown>>;

const invalid = (field: string, expected: string, came: unknown): WireError =>
  new WireError(
    "com.microsoft:argument-error",
    400,
    `Field '${field}' must be ${expected}, not ${typeof came} '${came}'.`,
  );

function number(body: Body, field: string): number {
  const value = body[field];
  if (typeof value === "number") return value;
  throw invalid(field, "a number", value);
}

function text(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === "string") return value;
  throw invalid(field, "a string", value);
}

function binary(body: Body, field: string): Buffer {
  const value = body[field];
  if (Buffer.isBuffer(value)) return value;
  throw invalid(field, "binary", value);
}

function list(body: Body, field: string): readonly unknown[] {
  const value = body[field];
  if (Array.isArray(value)) return value;
  throw invalid(field, "an array", value);
}

const optionalText = (body: Body, field: string): string | undefined =>
  body[field] === undefined || body[field] === null ? undefined : text(body, field);

function optionalRecord(body: Body, field: string): Body | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (isRecord(value)) return value;
  throw invalid(field, "a map", value);
}

const records = (body: Body, field: string): readonly Body[] =>
  list(body, field).map((item) => {
    const value = types.unwrap(item);
    if (isRecord(value)) return value;
    throw invalid(field, "an array of maps", value);
  });

const numbers = (body: Body, field: string): readonly number[] =>
  list(body, field).map((item) => {
    if (typeof item === "number") return item;
    throw invalid(field, "an array of long", item);
  });

const isRecord = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Buffer.isBuffer(value);
