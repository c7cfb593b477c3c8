/** A configuration of queues and topics, each with properties of the official format. */
export function configOf(
  queues: Readonly<Record<string, object>>,
  topics: Readonly<
    Record<string, Readonly<Record<string, { Properties?: object; Rules?: readonly object[] }>>>
  > = {},
): object {
  return {
    UserConfig: {
      Namespaces: [
        {
          Name: "sbemulatorns",
          Queues: Object.entries(queues).map(([Name, Properties]) => ({ Name, Properties })),
          Topics: Object.entries(topics).map(([Name, subscriptions]) => ({
            Name,
            Subscriptions: Object.entries(subscriptions).map(([subscription, more]) => ({
              Name: subscription,
              ...more,
            })),
          })),
        },
      ],
    },
  };
}
