import { firstLine } from "../first-line.ts";
import type { Sdk } from "./sdk.ts";
import { failed, ok, type Verdict } from "./verdict.ts";

/** Whether each service does one thing for its SDK, and the host runs a function for a message. */
export async function roundTripVerdict(sdk: Sdk, signal: AbortSignal): Promise<Verdict> {
  const problems = await Promise.all([
    problemOf("Service Bus and the function", "hello", async () => {
      await sdk.send("hello");
      for (;;) {
        const [type] = await sdk.heard();
        if (type !== undefined || signal.aborted) return type;
      }
    }),
    problemOf("Cosmos DB", "hello", async () => {
      await sdk.create("hello");
      return sdk.read("hello");
    }),
    problemOf("SQL Server", 42, () => sdk.addOne(41)),
  ]);
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length === 0) return ok("a message, a function, a document, a statement");
  return failed(
    "an answer from each server",
    found.join(", "),
    "if HTTP_PROXY or HTTPS_PROXY is set, open a terminal without it; a VPN or security program that filters 127.0.0.1 must let it through",
  );
}

async function problemOf(
  who: string,
  expected: unknown,
  ask: () => Promise<unknown>,
): Promise<string | undefined> {
  try {
    const answer = await ask();
    return answer === expected ? undefined : `${who}: ${String(answer ?? "no answer")}`;
  } catch (error) {
    return `${who}: ${firstLine(error)}`;
  }
}
