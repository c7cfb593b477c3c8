import type { Namespace } from "../broker/namespace.ts";
import { aboutLocks } from "./facts.ts";
import type { StruckOperation } from "./service.ts";
import { tokenOfUuid } from "./tokens.ts";

type Kind = StruckOperation["kind"];

const KINDS: Readonly<Record<string, Kind>> = {
  "com.microsoft:renew-lock": "renewLock",
  "com.microsoft:renew-session-lock": "renewLock",
};

const SETTLEMENTS: Readonly<Record<string, Kind>> = {
  completed: "complete",
  abandoned: "abandon",
  defered: "defer",
  suspended: "deadLetter",
};

/** What a management request is to a fault plan: a settlement or renewal is the same over any link. */
export function describeRequest(
  namespace: Namespace,
  entity: string,
  operation: unknown,
  body: Readonly<Record<string, unknown>>,
): Pick<StruckOperation, "kind" | "about" | "loseLock"> {
  const kind = KINDS[String(operation)] ?? SETTLEMENTS[String(body["disposition-status"])] ?? "manage";
  const tokens = Array.isArray(body["lock-tokens"]) ? body["lock-tokens"].filter(Buffer.isBuffer) : [];
  const sessionId = body["session-id"];
  if (tokens.length > 0)
    return { kind, ...aboutLocks(() => namespace.queue(entity), tokens.map(tokenOfUuid)) };
  if (typeof sessionId !== "string") return { kind };
  return {
    kind,
    about: () => ({ aggregate: sessionId }),
    loseLock: () => namespace.queue(entity).loseSession(sessionId),
  };
}
