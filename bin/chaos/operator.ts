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
  /** Replays all that waits in these places. @returns how many messages were sent once more */
  replay(places: ReadonlySet<string>): Promise<number>;
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
    async replay(places) {
      let count = 0;
      for (const place of places) {
        const { replayed } = Replayed.parse(await call("POST", "replay", { place, all: true }));
        count += replayed.length;
      }
      return count;
    },
  };
}

export const isDeadLettered = ({ place }: StoppedMessage): boolean => place.endsWith("$deadletterqueue");
