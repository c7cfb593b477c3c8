import type { ApiAnswer, ApiRequest, Send } from "../api/http.ts";

export interface Patience {
  /** Milliseconds after which a request is given up. */
  readonly giveUpAfter: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const firstPause = 100;
const longestPause = 2_000;

/**
 * Repeats a request, with its key, until an answer comes that is neither a server's failure nor "slow down".
 * Whether one without an answer took effect is unknown: the key makes repeating it safe.
 * @throws the last failure, when patience has run out
 */
export const reliably =
  (send: Send, { giveUpAfter, now, sleep, random }: Patience): Send =>
  async (request) => {
    const giveUpAt = now() + giveUpAfter;
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      const result = await attempt(send, request);
      if ("answer" in result) return result.answer;
      if (now() > giveUpAt) throw result.failure;
      await sleep(random() * pause);
    }
  };

async function attempt(send: Send, request: ApiRequest): Promise<{ answer: ApiAnswer } | { failure: Error }> {
  try {
    const answer = await send(request);
    if (answer.status < 500 && answer.status !== 429) return { answer };
    return { failure: new Error(`${request.method} ${request.path}: ${JSON.stringify(answer)}`) };
  } catch (cause) {
    return { failure: new Error(`${request.method} ${request.path}: no answer`, { cause }) };
  }
}
