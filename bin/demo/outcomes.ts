import { z } from "zod";
import type { Send } from "../api/http.ts";
import type { Expectation } from "./expectation.ts";
import type { Finding } from "./findings.ts";
import { eachOf, type Locations } from "./run-plan.ts";

const Outcome = z.object({ status: z.enum(["pending", "accepted", "rejected"]) });

/** Asks for the outcome of every request, and compares it with the expected one. */
export async function checkOutcomes(
  expected: Expectation,
  locations: Locations,
  send: Send,
  concurrency: number,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const asked = [...locations].flatMap(([orderId, paths]) =>
    paths.map((path, index) => ({ path, wanted: expected.orders.get(orderId)?.outcomes[index] })),
  );
  await eachOf(asked, concurrency, async ({ path, wanted }) => {
    const { status, body } = await send({ method: "GET", path });
    const outcome = Outcome.safeParse(body);
    const came = status === 200 && outcome.success ? outcome.data.status : `${status}`;
    if (came === wanted || (wanted === "either" && came !== "pending" && outcome.success)) return;
    findings.push({
      kind: came === "accepted" ? "ghost" : "lost",
      what: `request ${path}: ${came}, not ${wanted}`,
    });
  });
  return findings;
}
