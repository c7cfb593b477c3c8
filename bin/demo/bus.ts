import { readFile } from "node:fs/promises";
import { ServiceBusClient, type ServiceBusReceiver } from "@azure/service-bus";
import Long from "long";
import { z } from "zod";

/** Messages that lie on the bus, counted from outside. */
export interface BusCounts {
  /** In queues and subscriptions, being handled included; quarantine excluded. */
  readonly waiting: number;
  /** In the dead-letter queues of queues and subscriptions. */
  readonly deadLettered: number;
  readonly quarantined: number;
}

export interface Bus {
  count(): Promise<BusCounts>;
  close(): Promise<void>;
}

const named = z.object({ Name: z.string() });
const Topology = z.object({
  UserConfig: z.object({
    Namespaces: z.tuple([
      z.object({ Queues: z.array(named), Topics: z.array(named.extend({ Subscriptions: z.array(named) })) }),
    ]),
  }),
});

const quarantine = "quarantine";

/** @param topologyFile the file that Service Bus was configured with: every place in it is looked into */
export async function openBus(connectionString: string, topologyFile: string): Promise<Bus> {
  const { UserConfig } = Topology.parse(JSON.parse(await readFile(topologyFile, "utf8")));
  const { Queues, Topics } = UserConfig.Namespaces[0];
  const client = new ServiceBusClient(connectionString);
  const places = [
    ...Queues.map(({ Name }) => ({ queue: Name, open: receivers(client, Name) })),
    ...Topics.flatMap(({ Name, Subscriptions }) =>
      Subscriptions.map((subscription) => ({
        queue: undefined,
        open: receivers(client, Name, subscription.Name),
      })),
    ),
  ];
  const sum = async (counted: readonly ServiceBusReceiver[]) =>
    (await Promise.all(counted.map(peekedBy))).reduce((total, count) => total + count, 0);
  return {
    count: async () => {
      const isQuarantine = ({ queue }: { queue: string | undefined }) => queue === quarantine;
      const [waiting, deadLettered, quarantined] = await Promise.all([
        sum(places.filter((place) => !isQuarantine(place)).map(({ open }) => open.active)),
        sum(places.map(({ open }) => open.deadLetters)),
        sum(places.filter(isQuarantine).map(({ open }) => open.active)),
      ]);
      return { waiting, deadLettered, quarantined };
    },
    close: () => client.close(),
  };
}

/** They only peek: nothing is locked, and a session need not be accepted. */
function receivers(client: ServiceBusClient, ...[entity, subscription]: [string, string?]) {
  const open = (options: { subQueueType?: "deadLetter" }) =>
    subscription === undefined
      ? client.createReceiver(entity, options)
      : client.createReceiver(entity, subscription, options);
  return { active: open({}), deadLetters: open({ subQueueType: "deadLetter" }) };
}

const peekAtOnce = 250;

async function peekedBy(receiver: ServiceBusReceiver): Promise<number> {
  for (let count = 0, from = Long.ZERO; ; ) {
    // Without a number a peek goes on where the client's last one ended.
    const peeked = await receiver.peekMessages(peekAtOnce, { fromSequenceNumber: from });
    count += peeked.length;
    const last = peeked.at(-1)?.sequenceNumber;
    if (last === undefined) return count;
    from = last.add(1);
  }
}
