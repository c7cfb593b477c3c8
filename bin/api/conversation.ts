import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../command.ts";
import type { ApiAnswer, ApiRequest, Send } from "./http.ts";

/** Milliseconds between two questions for an outcome, and until it is given up. */
const outcome = { askEvery: 100, within: 60_000 };

/**
 * Makes a request, prints it and its answer; after "202 Accepted" asks for the outcome until there is one,
 * and prints that too.
 * @returns the exit code: 0 when the last answer is no error, and no rejection
 */
export async function converse(url: string, send: Send, request: ApiRequest, print: (text: string) => void) {
  const ask = async (asked: ApiRequest): Promise<ApiAnswer> => {
    try {
      return await send(asked);
    } catch (cause) {
      throw new CommandError(
        `nothing answers at ${url}: is \`npx pierogi start\` running? (--url names another address)`,
        { cause },
      );
    }
  };
  print(requestText(url, request));
  const answer = await ask(request);
  print(answerText(answer));
  if (answer.status !== 202 || answer.location === undefined) return answer.status < 400 ? 0 : 1;

  const question = { method: "GET" as const, path: answer.location };
  print(requestText(url, question));
  const final = await outcomeOf(ask, question);
  print(answerText(final));
  return final.status < 400 && statusOf(final.body) !== "rejected" ? 0 : 1;
}

async function outcomeOf(ask: Send, question: ApiRequest): Promise<ApiAnswer> {
  const giveUpAt = performance.now() + outcome.within;
  for (;;) {
    const answer = await ask(question);
    if (answer.status !== 200 || !isPending(answer.body)) return answer;
    if (performance.now() > giveUpAt) {
      throw new CommandError(
        `the request was accepted, but is still pending after ${outcome.within / 1000} s: look at the lines that \`pierogi start\` prints, and at the quarantine (GET /api/operations/messages)`,
      );
    }
    await sleep(outcome.askEvery);
  }
}

export const isPending = (body: unknown): boolean => statusOf(body) === "pending";

const statusOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "status" in body ? body.status : undefined;

function requestText(url: string, { method, path, key, body }: ApiRequest): string {
  return [
    `${method} ${url}${path}`,
    ...(key === undefined ? [] : [`Idempotency-Key: ${key}`]),
    ...(body === undefined ? [] : [JSON.stringify(body)]),
    ...(key === undefined ? [] : [""]),
  ].join("\n");
}

function answerText({ status, statusText, location, body }: ApiAnswer): string {
  return [
    `${status} ${statusText}`,
    ...(location === undefined ? [] : [`Location: ${location}`]),
    ...(body === "" ? [] : [typeof body === "string" ? body : JSON.stringify(body, null, 2)]),
    "",
  ].join("\n");
}
