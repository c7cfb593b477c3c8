import type { FaultCounts, FaultKind, Firing, Plan } from "../../emulators/faults/index.ts";
import { countKinds } from "../../emulators/faults/index.ts";

/** The chaos run's result: the last line of its output, with --json. */
export interface ChaosResult {
  readonly orders: number;
  /** How often each kind of fault struck. */
  readonly faults: FaultCounts;
  readonly lost: number;
  readonly duplicated: number;
  /** What nobody asked for. */
  readonly ghosts: number;
  /** Places where two endpoints contradict each other. */
  readonly inconsistent: number;
  /** At the end, after the operator's replays. */
  readonly deadLettered: number;
  /** At the end: the planted poison, and nothing else. */
  readonly quarantined: number;
  /** Messages that the operator sent once more. */
  readonly replayed: number;
  readonly seconds: number;
}

export interface ChaosReport {
  readonly result: ChaosResult;
  /** Kinds of faults that the plan has and that never struck. */
  readonly neverFired: readonly FaultKind[];
  /** Copies of messages that an endpoint recognised and did not handle again. */
  readonly suppressed: number;
  /** Planted poison that is not in quarantine, and what else is. */
  readonly poison: {
    readonly planted: number;
    readonly missing: readonly string[];
    readonly unexpected: readonly string[];
  };
  /** Sentences about what is not as it was asked for. */
  readonly findings: readonly string[];
  readonly atRest: boolean;
}

export const isClean = ({ result, neverFired, poison, atRest }: ChaosReport): boolean =>
  result.lost + result.duplicated + result.ghosts + result.inconsistent + result.deadLettered === 0 &&
  poison.missing.length + poison.unexpected.length === 0 &&
  neverFired.length === 0 &&
  atRest;

export function neverFiredOf(plan: Plan, log: readonly Firing[]): FaultKind[] {
  const fired = countKinds(log);
  const planned = new Set(plan.rules.map(({ fault }) => fault.kind));
  return [...planned].filter((kind) => fired[kind] === undefined);
}

/** Two rounds on one stack as one run: what is counted on the stack itself is the later one's. */
export const together = (first: ChaosReport, later: ChaosReport): ChaosReport => ({
  ...later,
  result: {
    ...later.result,
    orders: first.result.orders + later.result.orders,
    lost: first.result.lost + later.result.lost,
    duplicated: first.result.duplicated + later.result.duplicated,
    ghosts: first.result.ghosts + later.result.ghosts,
    inconsistent: first.result.inconsistent + later.result.inconsistent,
    replayed: first.result.replayed + later.result.replayed,
    seconds: Math.round((first.result.seconds + later.result.seconds) * 10) / 10,
  },
  findings: [...first.findings, ...later.findings],
  atRest: first.atRest && later.atRest,
});

const kinds: Readonly<Record<FaultKind, string>> = {
  refuse: "refused with an error",
  loseRequest: "request lost",
  loseAnswer: "applied, answer lost",
  delay: "delayed",
  hold: "held until something else was done",
  reorder: "overtaken by the next",
  twice: "applied twice",
  loseLock: "lock lost",
  cut: "all connections cut",
  killServer: "server killed",
  killWorker: "worker killed",
  freezeWorker: "worker frozen for three locks",
  clock: "clock an hour ahead",
};

const mostFindings = 20;

export function table({ result, neverFired, suppressed, poison, findings, atRest }: ChaosReport): string {
  const { faults } = result;
  const crashes = (faults.killServer ?? 0) + (faults.killWorker ?? 0);
  const row = (label: string, value: number | string) => `  ${label.padEnd(36)} ${String(value).padStart(8)}`;
  const shown = findings.slice(0, mostFindings);
  return [
    "faults",
    ...Object.entries(kinds).flatMap(([kind, label]) => {
      const count = faults[kind as FaultKind];
      return count === undefined && !neverFired.includes(kind as FaultKind)
        ? []
        : [row(label, count ?? "never")];
    }),
    "outcome",
    row("orders asked for", result.orders),
    row("crashes survived", crashes),
    row("copies suppressed", suppressed),
    row("messages replayed by the operator", result.replayed),
    row("poison planted / in quarantine", `${poison.planted} / ${result.quarantined}`),
    row("seconds", result.seconds),
    "anomalies",
    row("lost", result.lost),
    row("duplicated", result.duplicated),
    row("not asked for", result.ghosts),
    row("inconsistent", result.inconsistent),
    row("dead-lettered in the end", result.deadLettered),
    ...shown.map((finding) => `  ${finding}`),
    ...(findings.length > shown.length ? [`  and ${findings.length - shown.length} more`] : []),
    ...(atRest ? [] : ["  not at rest: what is waiting or unsent has not changed for minutes"]),
    ...(neverFired.length === 0 ? [] : [`  never struck: ${neverFired.join(", ")}`]),
  ].join("\n");
}
