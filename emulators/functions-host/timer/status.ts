import type { BlockBlobClient } from "@azure/storage-blob";
import { DOT_NET_NEVER, dotNetTime } from "../dot-net-time.ts";
import type { Schedule } from "./schedule.ts";

/** When a timer ran and runs next, as it is kept in the storage account. */
export interface ScheduleStatus {
  /** Undefined: never. */
  readonly last: Date | undefined;
  readonly next: Date;
  readonly lastUpdated: Date | undefined;
}

/** The form of the blob `timers/<host id>/Host.Functions.<name>/status`, and of the function's `scheduleStatus`. */
export interface StoredStatus {
  readonly Last: string;
  readonly Next: string;
  readonly LastUpdated: string;
}

/**
 * Whether an occurrence was missed while no host ran. A status that does not fit the schedule comes from an
 * older schedule: it is replaced, and nothing counts as missed.
 */
export function checkPastDue(
  stored: ScheduleStatus | undefined,
  schedule: Schedule,
  now: Date,
): { readonly status: ScheduleStatus; readonly isPastDue: boolean; readonly changed: boolean } {
  if (stored === undefined) {
    return {
      status: { last: undefined, next: schedule.next(now), lastUpdated: now },
      isPastDue: false,
      changed: true,
    };
  }
  const expected = schedule.next(stored.last ?? stored.lastUpdated ?? now);
  const changed = expected.getTime() !== stored.next.getTime();
  const status = changed ? { last: undefined, next: expected, lastUpdated: now } : stored;
  return { status, isPastDue: now > status.next, changed };
}

export async function readStatus(blob: BlockBlobClient): Promise<ScheduleStatus | undefined> {
  if (!(await blob.exists())) return undefined;
  const stored = JSON.parse((await blob.downloadToBuffer()).toString("utf8")) as StoredStatus;
  const next = timeOf(stored.Next);
  return next === undefined
    ? undefined
    : { last: timeOf(stored.Last), next, lastUpdated: timeOf(stored.LastUpdated) };
}

export async function writeStatus(blob: BlockBlobClient, status: ScheduleStatus): Promise<void> {
  const content = Buffer.from(JSON.stringify(toStored(status)));
  await blob.upload(content, content.length, { blobHTTPHeaders: { blobContentType: "application/json" } });
}

export const toStored = ({ last, next, lastUpdated }: ScheduleStatus): StoredStatus => ({
  Last: last === undefined ? DOT_NET_NEVER : dotNetTime(last, "+00:00"),
  Next: dotNetTime(next, "+00:00"),
  LastUpdated: lastUpdated === undefined ? DOT_NET_NEVER : dotNetTime(lastUpdated, "+00:00"),
});

const timeOf = (text: string): Date | undefined =>
  text.startsWith("0001-01-01") ? undefined : new Date(text);
