import type { Expectation } from "./expectation.ts";
import type { Finding } from "./findings.ts";
import type { Found } from "./found.ts";
import type { Look } from "./rest.ts";

/** The demo's result: the last line of its output, with --json. */
export interface Result {
  /** Asked for. */
  readonly orders: number;
  /** Orders with a payment, cancelled ones included, as found. */
  readonly paid: number;
  /** As found. */
  readonly coupons: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly ghosts: number;
  readonly deadLettered: number;
  readonly quarantined: number;
  /** Handled by an endpoint. */
  readonly messages: number;
  /** From the first request until nothing was under way any more. */
  readonly seconds: number;
}

export function resultOf(
  expected: Expectation,
  found: Found,
  findings: readonly Finding[],
  during: Pick<Look, "handled" | "deadLettered" | "quarantined">,
  milliseconds: number,
): Result {
  const customers = [...found.customers.values()];
  const count = (kind: Finding["kind"]) => findings.filter((finding) => finding.kind === kind).length;
  return {
    orders: expected.orders.size,
    paid: new Set(customers.flatMap(({ payments }) => payments.map(({ orderId }) => orderId))).size,
    coupons: customers.filter(({ coupon }) => coupon).length,
    lost: count("lost"),
    duplicated: count("duplicated"),
    ghosts: count("ghost"),
    deadLettered: during.deadLettered,
    quarantined: during.quarantined,
    messages: during.handled,
    seconds: Math.round(milliseconds / 100) / 10,
  };
}

/** Whether everything was handled exactly once. What is in quarantine waits for an operator, and was lost so far. */
export const isClean = ({ lost, duplicated, ghosts, deadLettered, quarantined }: Result): boolean =>
  lost + duplicated + ghosts + deadLettered + quarantined === 0;

const labels: Readonly<Record<keyof Result, string>> = {
  orders: "orders asked for",
  paid: "orders paid",
  coupons: "coupons granted",
  lost: "lost",
  duplicated: "duplicated",
  ghosts: "not asked for",
  deadLettered: "dead-lettered",
  quarantined: "quarantined",
  messages: "messages handled",
  seconds: "seconds",
};

const mostFindings = 20;

export function table(result: Result, findings: readonly Finding[]): string {
  const rows = Object.entries(labels).map(
    ([key, label]) => `  ${label.padEnd(18)} ${String(result[key as keyof Result]).padStart(8)}`,
  );
  const shown = findings.slice(0, mostFindings).map(({ kind, what }) => `  ${kind}: ${what}`);
  const more = findings.length - shown.length;
  return [...rows, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}
