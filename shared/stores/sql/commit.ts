import type { Aggregate, CommitResult, Unit } from "../../exactly-once/contracts.ts";
import { TransientError } from "../../exactly-once/errors.ts";
import type { Parameters, Row } from "./client.ts";
import { outgoingJson } from "./rows.ts";

/** What a commit's batch takes and gives. */

/** The latest time that datetime2 knows. */
const endOfTime = Date.UTC(9999, 11, 31);

/** DATEADD takes no more than an int. */
export const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

export function commitParameters(aggregate: Aggregate, unit: Unit): Parameters {
  const { createdAt, outcome } = unit.record;
  return {
    aggregateId: aggregate.id,
    messageId: unit.messageId,
    createdAt: new Date(createdAt),
    status: outcome.status,
    reason: outcome.status === "rejected" ? outcome.reason : null,
    keepSeconds: seconds(unit.keepRecordFor),
    outgoing: outgoingJson(unit.outgoing),
    version: unit.version ?? null,
    deadline: new Date(Math.min(unit.deadline, endOfTime)),
  };
}

export function commitResult(row: Row | undefined, messageId: string): CommitResult {
  const result = row?.["Result"];
  switch (result) {
    case "committed":
    case "duplicate":
    case "conflict":
    case "expired":
      return result;
    case "again":
      throw new TransientError(`the record of ${messageId} was past its time and is removed now`);
    default:
      throw new TransientError(`commit of ${messageId}: expected a result, came ${String(result)}`);
  }
}
