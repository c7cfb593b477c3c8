import { expect, it } from "vitest";
import { operator } from "../bin/chaos/operator.ts";
import { during, noFaults, plan } from "../emulators/faults/index.ts";
import type { Span } from "../emulators/telemetry/index.ts";
import { eventually, runningStack } from "./running.ts";

const client = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

const faults = plan(
  1,
  // Committed, and not yet sent.
  during("serviceBus", "send").of("events").carrying("OrderSubmitted").killWorker("before"),
  // However many copies of it there are: each is dead-lettered after ten deliveries.
  during("host", "invoke").of("marketing").carrying("PaymentBooked").times("always").refuse("FunctionFailed"),
);

/** Adds to an order and submits it. */
async function placeOrder(url: string, orderId: string, headers: Record<string, string>): Promise<void> {
  const ask = async (path: string, body?: object) => {
    const answer = await fetch(`${url}/api/orders/${orderId}/${path}`, {
      method: "POST",
      headers: { "idempotency-key": path, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(202);
  };
  await ask("items", { customerId: `customer-of-${orderId}`, filling: "Meat", portions: 2 });
  await ask("submit");
}

const isAbout = (span: Span, name: string, type: string) =>
  span.name === name && span.attributes["pierogi.message.type"] === type && span.status !== "error";

/** Parents that nobody has heard of. */
function missingParents(spans: readonly Span[]): Set<string> {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return new Set(
    spans.flatMap(({ parentSpanId = "" }) =>
      parentSpanId === "" || known.has(parentSpanId) ? [] : parentSpanId,
    ),
  );
}

it("an order's trace is one tree that covers every hop, also after a crash and an operator's replay", async () => {
  const stack = await runningStack({ faults, telemetry: {} });
  const spans = () => stack.telemetry?.spansOf(client.traceId) ?? [];
  const traceparent = `00-${client.traceId}-${client.spanId}-01`;

  await placeOrder(stack.url, "crashed", { traceparent });
  await eventually("the next worker goes on where one was killed", () =>
    spans().some((span) => isAbout(span, "process orders", "SubmitOrder")),
  );
  const people = operator(stack.url, stack.operationsToken);
  const stopped = async () => (await people.stopped()).filter(({ place }) => place.startsWith("marketing/"));
  const failures = () =>
    spans().filter(({ name, status }) => name === "invoke marketing" && status === "error");
  await eventually("a message has failed as often as it may", () => failures().length >= 10);
  await eventually("it is dead-lettered", async () => (await stopped()).length === 1);
  expect(stack.faults.log.map(({ kind }) => kind).filter((kind) => kind === "killWorker")).toHaveLength(1);
  await stack.faults.setPlan(noFaults);
  expect(await people.replay(await stopped())).toBe(1);
  await eventually("the replayed message is processed", () =>
    spans().some((span) => isAbout(span, "process marketing", "PaymentBooked")),
  );

  expect(missingParents(spans())).toEqual(new Set([client.spanId]));
  const names = (all: readonly Span[]) => [...new Set(all.map(({ name }) => name))];
  // What the worker knew of the HTTP request may have died with it: the host has seen it, too.
  expect(names(spans())).toEqual(
    expect.arrayContaining([
      ...["invoke submitOrder", "process orders", "load", "load item", "send events"],
      ...["process billing", "commit", "replay marketing", "process marketing"],
    ]),
  );
  // The attempt that died is known by the host alone; the next one sends what that one had decided.
  const struck = spans().filter(({ name, status }) => name === "invoke orders" && status === "error");
  expect(struck.map(({ problem }) => problem)).toEqual([expect.stringContaining("SIGKILL")]);
  const attempts = spans().filter((span) => isAbout(span, "process orders", "SubmitOrder"));
  expect(new Set(attempts.map(({ attributes }) => attributes["pierogi.duplicate"]))).toEqual(new Set([true]));
  expect(spans().some((span) => isAbout(span, "send events", "OrderSubmitted"))).toBe(true);
  const billed = spans().find((span) => isAbout(span, "process billing", "OrderSubmitted"));
  const decided = spans()
    .find(({ name }) => name === "replay marketing")
    ?.links.map(({ spanId }) => spanId);
  expect(decided).toContain(billed?.spanId);

  // Without a caller's trace, and a crash, every request begins a trace of its own that is complete.
  const paid = (span: Span) =>
    isAbout(span, "process marketing", "PaymentBooked") && span.traceId !== client.traceId;
  await placeOrder(stack.url, "quiet", {});
  await eventually("the other order is paid", () => stack.telemetry?.spans().some(paid) ?? false);
  const traceId = stack.telemetry?.spans().find(paid)?.traceId ?? "";
  const others = () => stack.telemetry?.spansOf(traceId) ?? [];
  await eventually("its request is known", () => missingParents(others()).size === 0);
  expect(others().filter(({ parentSpanId }) => parentSpanId === undefined)).toMatchObject([
    { name: "invoke submitOrder", kind: "server" },
  ]);
  expect(names(others())).toEqual(
    expect.arrayContaining(["POST submitOrder", "record request", "send orders", "process orders", "commit"]),
  );
  await eventually("metrics arrive", () => {
    const measured = stack.telemetry?.points().map(({ name }) => name) ?? [];
    return ["pierogi.store.charge", "pierogi.store.round_trips", "pierogi.dispatch.lag"].every((name) =>
      measured.includes(name),
    );
  });
});
