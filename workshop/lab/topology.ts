/*
 * What the story's app finds: the same in every exercise, so it is no part of the app. Names are those of the product.
 */

const properties = {
  DeadLetteringOnMessageExpiration: true,
  DefaultMessageTimeToLive: "PT1H",
  LockDuration: "PT1M",
  // Written out: a queue and the local servers have different defaults.
  MaxDeliveryCount: 10,
  RequiresSession: false,
};

export const endpoints = ["orders", "billing", "marketing"] as const;
export type EndpointName = (typeof endpoints)[number];

/** In the form of the official emulator's Config.json. */
export const serviceBusTopology = {
  UserConfig: {
    Namespaces: [
      {
        Name: "sbemulatorns",
        Queues: [{ Name: "orders", Properties: properties }],
        Topics: [
          {
            Name: "events",
            Properties: { DefaultMessageTimeToLive: "PT1H" },
            // Without rules a subscription gets every event.
            Subscriptions: ["billing", "marketing"].map((Name) => ({ Name, Properties: properties })),
          },
        ],
      },
    ],
  },
};

export const database = "pierogi";
/** One document per order in each. */
export const containers = endpoints.map((id) => ({ id, partitionKey: { paths: ["/orderId"] } }));
