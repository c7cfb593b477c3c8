import { parseArgs } from "node:util";
import { converse } from "../api/conversation.ts";
import { api, sender } from "../api/http.ts";
import { apiUrl } from "../api/local.ts";
import { UsageError } from "../command.ts";
import { aggregateId } from "../options.ts";

export const usage = `Usage: npx pierogi customer show <customer> [--url U | --data FOLDER]

Shows a customer's payments, and the coupon if there is one.
  --url U         where the API is (default: the running stack)
  --data FOLDER   the folder of the running stack, if it was started with --data`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { url: { type: "string" }, data: { type: "string" } },
  });
  const [action, customer] = positionals;
  if (action !== "show" || customer === undefined || positionals.length !== 2) {
    throw new UsageError("expected: npx pierogi customer show <customer>");
  }
  aggregateId("customer", customer);
  const url = await apiUrl(values);
  return converse(url, sender(url), api.customer(customer), console.log);
}
