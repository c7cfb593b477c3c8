import { addressOf } from "../../shared/messaging/address.ts";
import type { Message } from "../../shared/pierogi/messages.ts";
import type { Simulation } from "./clock.ts";
import { doing, retention } from "./faults.ts";
import type { Process } from "./process.ts";

/** A request that a client makes, again and again until it is answered. */
export interface Request {
  readonly key: string;
  readonly orderId: string;
  readonly message: Message;
}

/** How long a client waits for an answer, and the longest time between its tries; in milliseconds. */
const [patience, longestWait] = [30_000, 86_400_000];

/** HTTP clients, and what they were answered. */
export function client(time: Simulation, processes: readonly Process[]) {
  const unanswered: string[] = [];
  const wrongAnswers: string[] = [];

  /** @returns the answer, or undefined when none came */
  async function ask({ key, orderId, message }: Request, attempt: number): Promise<string | undefined> {
    const process = processes[attempt % processes.length];
    if (process?.instance.alive !== true) return undefined;
    const command = addressOf(message);
    const aggregate = { endpoint: "orders", id: orderId };
    const answer = doing
      .run(`HTTP ${command.type}`, () =>
        process.http.submit({ aggregate, key, fingerprint: command.body, command }),
      )
      .then(
        ({ status }) => status,
        () => undefined,
      );
    return Promise.race([answer, time.sleep(patience).then(() => undefined)]);
  }

  return {
    /** Requests whose client gave up, since keys are remembered only for so long. */
    unanswered,
    wrongAnswers,
    /** Asks for something else under a key that was used: it must be told so (18). */
    async reuse(request: Request): Promise<void> {
      const answer = await ask(request, 0);
      if (answer !== undefined && answer !== "mismatch")
        wrongAnswers.push(`another request under a used key is ${answer}`);
    },
    async insist(request: Request): Promise<string | undefined> {
      const until = time.now() + retention.retention - retention.margin;
      for (let attempt = 0, wait = 1000; time.now() < until; attempt++, wait *= 2) {
        const answer = await ask(request, attempt);
        if (answer !== undefined) return answer;
        await time.sleep(Math.min(wait, longestWait));
      }
      unanswered.push(request.key);
      return undefined;
    },
  };
}

/** A time-ordered UUID (version 7) of a moment, the same for the same moment. */
export function keyOf(time: number): string {
  const hex = time.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
