import { type MetricAttributes as Attributes, metrics } from "@opentelemetry/api";
import type { Step, StepName } from "../exactly-once/telemetry.ts";

/** Names of the metrics: alerts and dashboards refer to them. Times are in seconds. */
export const metricNames = {
  outboxOldestAge: "pierogi.outbox.oldest_age",
  outboxDepth: "pierogi.outbox.depth",
  sweepHeartbeat: "pierogi.sweep.heartbeat",
  dispatchLag: "pierogi.dispatch.lag",
  dispatchFailed: "pierogi.dispatch.failed",
  duplicates: "pierogi.inbox.duplicates",
  doubleExecutions: "pierogi.double_executions",
  conflicts: "pierogi.commit.conflicts",
  quarantined: "pierogi.quarantine.messages",
  givenBack: "pierogi.deliveries.given_back",
  storeCharge: "pierogi.store.charge",
  roundTrips: "pierogi.store.round_trips",
  storeFailures: "pierogi.store.failures",
} as const;

type CounterName = Exclude<
  keyof typeof metricNames,
  "outboxOldestAge" | "outboxDepth" | "dispatchLag" | "storeCharge"
>;

/** The counters of a step. What was decided in vain was a copy, too. */
const counted: Partial<Record<StepName, readonly CounterName[]>> = {
  duplicate: ["duplicates"],
  "decided twice": ["duplicates", "doubleExecutions"],
  conflict: ["conflicts"],
  quarantined: ["quarantined"],
  "given back": ["givenBack"],
};

/** The instruments, of whatever SDK is registered when this is called. */
export function instruments(scope: string, now: () => number) {
  const meter = metrics.getMeter(scope);
  const counter = (name: CounterName) => meter.createCounter(metricNames[name]);
  const counters: Record<CounterName, ReturnType<typeof counter>> = {
    sweepHeartbeat: counter("sweepHeartbeat"),
    dispatchFailed: counter("dispatchFailed"),
    duplicates: counter("duplicates"),
    doubleExecutions: counter("doubleExecutions"),
    conflicts: counter("conflicts"),
    quarantined: counter("quarantined"),
    givenBack: counter("givenBack"),
    roundTrips: counter("roundTrips"),
    storeFailures: counter("storeFailures"),
  };
  const dispatchLag = meter.createHistogram(metricNames.dispatchLag, { unit: "s" });
  const storeCharge = meter.createHistogram(metricNames.storeCharge, {
    unit: "{request_unit}",
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 15, 20, 30, 50, 100, 500] },
  });
  const oldestAge = meter.createGauge(metricNames.outboxOldestAge, { unit: "s" });
  const depth = meter.createGauge(metricNames.outboxDepth);

  return {
    count: (name: CounterName, attributes: Attributes = {}) => counters[name].add(1, attributes),

    step({ step, endpoint, sent = [] }: Step): void {
      for (const name of counted[step] ?? []) counters[name].add(1, { endpoint });
      for (const { createdAt } of sent)
        dispatchLag.record(Math.max(0, now() - createdAt) / 1000, { endpoint });
    },

    /** A request to a store; `requestUnits` where it charges them. */
    request(attributes: Attributes, requestUnits: number | undefined): void {
      counters.roundTrips.add(1, attributes);
      if (requestUnits !== undefined) storeCharge.record(requestUnits, attributes);
    },

    outbox(age: number, items: number): void {
      oldestAge.record(age / 1000);
      depth.record(items);
    },
  };
}
