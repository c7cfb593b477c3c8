import { ServiceBusClient } from "@azure/service-bus";

/** What no endpoint can take: each must end in quarantine, whatever fails on its way there. */
const poisons: readonly { readonly subject: string; readonly body: string; readonly schema: number }[] = [
  { subject: "AddItem", body: '{"orderId":', schema: 1 },
  { subject: "MakeSoup", body: "{}", schema: 1 },
  { subject: "AddItem", body: "{}", schema: 99 },
];
const queues = ["orders", "billing", "marketing"] as const;

/** Sends poison to each endpoint in turn, under these logical ids. */
export async function plantPoison(
  connectionString: string,
  ids: ReadonlySet<string>,
  now: () => number,
): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  try {
    for (const [index, id] of [...ids].entries()) {
      const queue = queues[index % queues.length] ?? "orders";
      const poison = poisons[Math.floor(index / queues.length) % poisons.length] ?? poisons[0];
      if (poison === undefined) continue;
      const { subject, body, schema } = poison;
      const sender = client.createSender(queue);
      await sender.sendMessages({
        subject,
        body: Buffer.from(body),
        messageId: id,
        contentType: "application/json",
        ...(queue === "orders" ? { sessionId: "lane-00" } : {}),
        applicationProperties: { logicalId: id, createdAt: new Date(now()).toISOString(), schema },
      });
      await sender.close();
    }
  } finally {
    await client.close();
  }
}
