/** What the facilitator does, as a schedule: each line is the model's sentence of a legal move. */
export interface Break {
  readonly title: string;
  readonly schedule: readonly string[];
}

/** What goes wrong in each game, once or in several ways. */
export const breaks = {
  G1: [
    {
      title: "Copy the card",
      schedule: [
        "Client sends AddItem Meat, and the broker gets it twice",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order",
        "Handler sends ItemAdded Meat to Billing",
        "Handler saves the order for AddItem Meat",
        "Handler completes AddItem Meat",
        "Broker delivers AddItem Meat (copy 2) to handler",
        "Handler reads the order",
        "Handler sends ItemAdded Meat (id 2) to Billing",
        "Handler saves the order for AddItem Meat (copy 2)",
        "Handler completes AddItem Meat (copy 2)",
      ],
    },
    {
      title: "Take the lock",
      schedule: [
        "Client sends AddItem Meat",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order",
        "Handler sends ItemAdded Meat to Billing",
        "Broker takes the lock on AddItem Meat away from handler, which goes on working",
        "Handler saves the order for AddItem Meat",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order",
        "Handler sends ItemAdded Meat (id 2) to Billing",
        "Handler saves the order for AddItem Meat",
        "Handler completes AddItem Meat",
      ],
    },
  ],
  G2: [
    {
      title: "Database says “never”",
      schedule: [
        "Client sends AddItem Meat",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order: AddItem Meat is new",
        "Handler sends ItemAdded Meat to Billing",
        "Handler saves the order, and the store refuses for good: AddItem Meat is dead-lettered",
      ],
    },
  ],
  G3: [
    {
      title: "Drop what is told",
      schedule: [
        "Client sends AddItem Meat",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order: AddItem Meat is new",
        "Handler saves the order for AddItem Meat",
        "Handler sends ItemAdded Meat to Billing, and the broker refuses",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order: AddItem Meat looks done",
        "Handler completes AddItem Meat",
      ],
    },
  ],
  G4: [
    {
      title: "Slide a copy under the table",
      schedule: [
        "Client sends AddItem Mushrooms, and the broker gets it twice",
        "Broker holds AddItem Mushrooms (copy 2) back",
        "Broker delivers AddItem Mushrooms to handler",
        "Handler reads the order: AddItem Mushrooms is new",
        "Handler saves the order for AddItem Mushrooms",
        "Handler sends ItemAdded Mushrooms to Billing",
        "Handler completes AddItem Mushrooms",
        "Client sends RemoveItem Mushrooms",
        "Broker delivers RemoveItem Mushrooms to handler",
        "Handler reads the order: RemoveItem Mushrooms is new",
        "Handler saves the order for RemoveItem Mushrooms",
        "Handler sends ItemRemoved Mushrooms to Billing",
        "Handler completes RemoveItem Mushrooms",
        "Broker lets AddItem Mushrooms (copy 2) go on",
        "Broker delivers AddItem Mushrooms (copy 2) to handler",
        "Handler reads the order: AddItem Mushrooms (copy 2) is new",
        "Handler saves the order for AddItem Mushrooms (copy 2)",
        "Handler sends ItemAdded Mushrooms (id 2) to Billing",
        "Handler completes AddItem Mushrooms (copy 2)",
      ],
    },
  ],
  G5: [
    {
      title: "The handler faints",
      schedule: [
        "Client sends AddItem Meat",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order and the record: AddItem Meat is new",
        "Handler saves the order with the record for AddItem Meat",
        "Handler sends ItemAdded Meat to Billing",
        "Handler crashes before completing it (AddItem Meat)",
        "Broker delivers AddItem Meat to handler",
        "Handler reads the order and the record: AddItem Meat was processed before",
        "Handler sends ItemAdded Meat (id 2) to Billing",
        "Handler completes AddItem Meat",
      ],
    },
  ],
  G6: [
    {
      title: "A second item passes",
      schedule: [
        "Client sends AddItem Meat",
        "Broker delivers AddItem Meat to handler A",
        "Handler A reads the order and the record: AddItem Meat is new",
        "Handler A saves the order with the record for AddItem Meat",
        "Handler A sends ItemAdded Meat to Billing",
        "Client sends AddItem Mushrooms",
        "Broker delivers AddItem Mushrooms to handler B",
        "Handler B reads the order and the record: AddItem Mushrooms is new",
        "Handler B saves the order with the record for AddItem Mushrooms",
        "Handler B sends ItemAdded Mushrooms to Billing",
        "Handler B completes AddItem Mushrooms",
        "Handler A sends FirstItemAdded of AddItem Meat to Marketing, and the broker refuses",
        "Broker delivers AddItem Meat to handler A",
        "Handler A reads the order and the record: AddItem Meat was processed before",
        "Handler A sends ItemAdded Meat to Billing",
        "Handler A completes AddItem Meat",
      ],
    },
  ],
  G7: [
    {
      title: "Refuse a send, let Remove pass",
      schedule: [
        "Client sends AddItem Meat",
        "Broker delivers AddItem Meat to handler A",
        "Handler A reads the order and the record: AddItem Meat is new",
        "Handler A saves the order with the record and the outbox item for AddItem Meat",
        "Client sends RemoveItem Meat",
        "Broker delivers RemoveItem Meat to handler B",
        "Handler A sends ItemAdded Meat to Billing, and the broker refuses",
        "Handler B reads the order and the record: RemoveItem Meat is new",
        "Handler B saves the order with the record and the outbox item for RemoveItem Meat",
        "Handler B sends ItemRemoved Meat to Billing",
        "Handler B deletes the outbox item of RemoveItem Meat",
        "Handler B completes RemoveItem Meat",
        "Broker delivers AddItem Meat to handler A",
        "Handler A reads the order and the record: AddItem Meat was processed before",
        "Handler A sends ItemAdded Meat to Billing",
        "Handler A deletes the outbox item of AddItem Meat",
        "Handler A completes AddItem Meat",
      ],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Break[]>>;
