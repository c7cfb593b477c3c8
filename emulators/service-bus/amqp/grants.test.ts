import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createGrants } from "./grants.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a token opens its entity and what is below until it runs out, when the links are checked", () => {
  let checks = 0;
  const grants = createGrants(Date.now, () => {
    checks += 1;
  });
  grants.add({ path: "orders", expiresAt: Date.now() + 1000 });
  grants.add({ path: "billing", expiresAt: Date.now() + 5000 });
  const allowed = () => ["orders", "orders/$deadletterqueue", "billing", "other"].map(grants.allows);
  expect(allowed()).toEqual([true, true, true, false]);
  vi.advanceTimersByTime(1000);
  expect([checks, ...allowed()]).toEqual([1, false, false, true, false]);
  grants.close();
});

it("a renewed token goes on", () => {
  const grants = createGrants(Date.now, () => {});
  grants.add({ path: "orders", expiresAt: Date.now() + 1000 });
  grants.add({ path: "orders", expiresAt: Date.now() + 9000 });
  vi.advanceTimersByTime(5000);
  expect(grants.allows("orders")).toBe(true);
  grants.close();
});
