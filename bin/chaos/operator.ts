import { z } from "zod";

const Stopped = z.object({
  messages: z.array(z.object({ place: z.string(), logicalId: z.string(), reason: z.string() })),
});
const Replayed = z.object({ replayed: z.array(z.object({ logicalId: z.string() })) });

/** A message that waits for an operator. */
export type StoppedMessage = z.infer<typeof Stopped>["messages"][number];

/** The person who looks after stopped messages, with no more than the operations API. */
export interface Operator {
  /** What waits in quarantine and dead-letter queues. */
  stopped(): Promise<readonly StoppedMessage[]>;
  /** Replays some of them. @returns how many messages were sent once more */
  replay(messages: readonly StoppedMessage[]): Promise<number>;
}

/** Milliseconds for one call: it may receive hundreds of messages. */
const answerWithin = 120_000;

export function operator(url: string, token: string): Operator {
  async function call(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${url}/api/operations/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithin),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} operations/${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
  return {
    stopped: async () => Stopped.parse(await call("GET", "messages")).messages,
    async replay(messages) {
      let count = 0;
      for (const [place, stopped] of Map.groupBy(messages, (message) => message.place)) {
        const logicalIds = stopped.map(({ logicalId }) => logicalId);
        const { replayed } = Replayed.parse(await call("POST", "replay", { place, logicalIds }));
        count += replayed.length;
      }
      return count;
    },
  };
}
