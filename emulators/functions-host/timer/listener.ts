import { BlobServiceClient, type BlockBlobClient } from "@azure/storage-blob";
import type { FunctionDefinition, TimerTrigger } from "../config/bindings.ts";
import { wait } from "../deferred.ts";
import type { Listener, ListenerContext } from "../listener.ts";
import { type Availability, createAvailability } from "../log.ts";
import { withRetries } from "../retry.ts";
import { whileLocked } from "./lock.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";
import { checkPastDue, readStatus, type ScheduleStatus, toStored, writeStatus } from "./status.ts";

type TimerFunction = FunctionDefinition<TimerTrigger>;

const CONTAINER = "azure-webjobs-hosts";
/** A timer that fires as often keeps no status: what it missed comes soon anyway. */
const SHORTEST_MONITORED = 60_000;

/**
 * Fires a timer function on this instance while it holds the function's lock, which is one for all instances.
 * A run that fails waits for the next tick (or its retry policy); ticks that pass during a run are not made up for.
 */
export function listenToTimer(definition: TimerFunction, context: ListenerContext): Listener {
  const { name, trigger } = definition;
  const { settings, hostId, instance, now } = context;
  const schedule = parseSchedule(trigger.schedule, settings.get("WEBSITE_TIME_ZONE"), `Function "${name}"`);
  const availability = createAvailability("The storage account", (level, message) =>
    context.log({ level, category: "Host.Timer", message, instance: instance.number, functionName: name }),
  );
  const service = BlobServiceClient.fromConnectionString(
    settings.connectionString("Storage", `Function "${name}", whose timer lock and status are blobs`),
    { retryOptions: { maxTries: 2, retryDelayInMs: 200, tryTimeoutInMs: 10_000 } },
  );
  const container = service.getContainerClient(CONTAINER);
  const { listenerLockPeriod, listenerLockRecoveryPollingInterval } = context.host.singleton;
  const status = isMonitored(trigger, schedule, new Date(now()))
    ? container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`)
    : undefined;

  const stopping = new AbortController();
  const running = whileLocked(
    {
      container,
      blob: container.getBlockBlobClient(`locks/${hostId}/Host.Functions.${name}.Listener`),
      period: listenerLockPeriod,
      pollInterval: listenerLockRecoveryPollingInterval,
      availability,
      now,
      awake: instance.awake,
    },
    stopping.signal,
    (signal) => fire(definition, context, schedule, status, availability, signal),
  );
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function isMonitored({ useMonitor }: TimerTrigger, schedule: Schedule, now: Date): boolean {
  const first = schedule.next(now);
  return useMonitor && schedule.next(first).getTime() - first.getTime() > SHORTEST_MONITORED;
}

async function fire(
  definition: TimerFunction,
  context: ListenerContext,
  schedule: Schedule,
  blob: BlockBlobClient | undefined,
  availability: Availability,
  signal: AbortSignal,
): Promise<void> {
  const { trigger } = definition;
  const time = (): Date => new Date(context.now());
  const save = (status: ScheduleStatus): Promise<void> =>
    blob === undefined ? Promise.resolve() : writeStatus(blob, status).catch(availability.down);

  const run = async (status: ScheduleStatus, scheduled: Date | undefined): Promise<ScheduleStatus> => {
    const invokedAt = time();
    await runOnce(
      definition,
      context,
      blob && status,
      scheduled === undefined && invokedAt > status.next,
      signal,
    );
    // A timer may fire a little early; the same occurrence must not come out as the next one again.
    const last = scheduled !== undefined && scheduled > invokedAt ? scheduled : invokedAt;
    const updated = { last, next: schedule.next(last), lastUpdated: last };
    await save(updated);
    return updated;
  };

  const stored = blob && (await readStatus(blob).catch(availability.down));
  const checked = checkPastDue(stored ?? undefined, schedule, time());
  let status = checked.status;
  if (checked.changed) await save(status);
  if ((blob !== undefined && checked.isPastDue) || trigger.runOnStartup)
    status = await run(status, undefined);

  while (!signal.aborted) {
    await wait(Math.max(status.next.getTime() - context.now(), 0), signal);
    if (signal.aborted) return;
    if (context.now() < status.next.getTime() - 1_000) continue;
    status = await run(status, status.next);
  }
}

async function runOnce(
  { name, trigger, retry }: TimerFunction,
  { invoke, instance, now, random }: ListenerContext,
  status: ScheduleStatus | undefined,
  isPastDue: boolean,
  signal: AbortSignal,
): Promise<void> {
  const info = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status === undefined ? null : toStored(status),
    IsPastDue: isPastDue,
  };
  await withRetries(retry, signal, random, (retryContext) =>
    invoke(instance, {
      functionName: name,
      input: { name: trigger.name, data: { json: JSON.stringify(info) } },
      triggerMetadata: {},
      ...(retryContext === undefined ? {} : { retryContext }),
      reason: `Timer fired at ${new Date(now()).toISOString()}`,
    }),
  );
}
