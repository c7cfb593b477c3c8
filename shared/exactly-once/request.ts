import { createHash } from "node:crypto";
import type { Aggregate, Outcome, Outgoing, Publish, Store, Surroundings } from "./contracts.ts";
import type { Retention } from "./guard.ts";
import { requestId, timeOfUuidV7 } from "./ids.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { sending } from "./sending.ts";
import type { Telemetry } from "./telemetry.ts";

/** A command as an HTTP client asked for it. */
export interface HttpCommand {
  readonly aggregate: Aggregate;
  /** The client's Idempotency-Key. */
  readonly key: string;
  /** What must be the same when the key comes again: method, path and body. */
  readonly fingerprint: string;
  readonly command: Pick<Outgoing, "type" | "schema" | "destination" | "sessionId" | "body">;
}

export type Submitted =
  | { readonly status: "accepted" }
  /** The key was used for another request. */
  | { readonly status: "mismatch" }
  /** The key's own time is so long ago that its record may be forgotten. */
  | { readonly status: "gone"; readonly keyCreatedAt: number }
  | { readonly status: "future"; readonly keyCreatedAt: number };

export type RequestStatus = { readonly status: "unknown" | "pending" } | Outcome;

/** An HTTP client waits for the answer, and can ask again with the same key. */
const patience: RetryPolicy = { base: 200, cap: 2000, limit: 20_000 };

/**
 * The HTTP entry (18): first the request record, then the message, then the answer, so that a client that
 * repeats its request causes copies with one id and one creation time, and nothing twice.
 */
export function requests(
  store: Pick<Store, "createRequest" | "request">,
  publish: Publish,
  surroundings: Surroundings,
  telemetry: Telemetry,
  { retention, skew, margin }: Retention,
) {
  const { now } = surroundings;

  return {
    /** @throws TransientError when store or broker can't be reached: the client may repeat the request */
    async submit({ aggregate, key, fingerprint, command }: HttpCommand): Promise<Submitted> {
      const id = requestId(aggregate.id, key);
      // A time-ordered key carries its own creation time, for ever; any other is dated by its record (2).
      const keyCreatedAt = timeOfUuidV7(key);
      if (keyCreatedAt !== undefined) {
        if (now() - keyCreatedAt > retention - margin) return { status: "gone", keyCreatedAt };
        if (keyCreatedAt > now() + skew) return { status: "future", keyCreatedAt };
      }
      const hash = createHash("sha256").update(fingerprint).digest("hex");
      const record = { hash, createdAt: keyCreatedAt ?? now() };
      telemetry.note({ "pierogi.endpoint": aggregate.endpoint, "pierogi.aggregate.id": aggregate.id });
      const attempt = async (): Promise<Submitted> => {
        const existing = await telemetry.span("record request", {}, () =>
          store.createRequest(aggregate, id, record, retention + skew),
        );
        if (existing !== "created" && existing.hash !== hash) return { status: "mismatch" };
        const { createdAt } = existing === "created" ? record : existing;
        await sending(telemetry, publish, [{ ...command, id, createdAt, trace: telemetry.trace() }]);
        return { status: "accepted" };
      };
      return retrying(surroundings, patience, attempt);
    },

    async status(aggregate: Aggregate, key: string): Promise<RequestStatus> {
      const { request, record } = await retrying(surroundings, patience, () =>
        store.request(aggregate, requestId(aggregate.id, key)),
      );
      if (record !== undefined) return record.outcome;
      return { status: request === undefined ? "unknown" : "pending" };
    },
  };
}
