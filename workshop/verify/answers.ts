/** A change of an exercise's solution, as people have tried it. */
export interface Answer {
  readonly exercise: number;
  /** What one might think. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Checks of its exercise that it must fail, and how; none for an answer that is as good as ours. */
  readonly fails: Readonly<Record<string, string>>;
}

export interface Edit {
  readonly file: string;
  /** What stands there once in the solution. */
  readonly from: string;
  readonly to: string;
}

const edit = (file: string, from: string, to: string): Edit => ({ file, from, to });

/**
 * Answers other than ours. A right one that a check refuses stops people for no reason; a wrong one that passes
 * teaches them something false.
 */
export const answers: readonly Answer[] = [
  {
    exercise: 1,
    name: "a set of fillings instead of a question before",
    edits: [
      edit("shared/addItem.ts", "  if (order.lines.includes(filling)) {\n    return;\n  }\n", ""),
      edit(
        "shared/addItem.ts",
        "order.lines.push(filling);",
        "order.lines = [...new Set([...order.lines, filling])];",
      ),
    ],
    fails: {},
  },
  {
    exercise: 2,
    name: "Meat is sent twice once, not always",
    edits: [
      edit(
        "chaos/plan.ts",
        '.named("Meat is sent twice")\n    .times("always")',
        '.named("Meat is sent twice")',
      ),
    ],
    fails: { "Meat reaches Orders twice under one id": "the second Meat: expected 2 deliveries, saw 1" },
  },
  {
    exercise: 2,
    name: "Sauerkraut's lock is lost each time",
    edits: [edit("chaos/plan.ts", ".loseLock(),", '.times("always")\n    .loseLock(),')],
    fails: {
      "a handler that outlives its lock runs twice":
        "Sauerkraut ended as a dead letter: its lock is to be lost once",
    },
  },
  {
    exercise: 3,
    name: "what can't be stored is swallowed",
    edits: [
      edit("shared/addItem.ts", "await orders.save(order);", "await orders.save(order).catch(() => {});"),
    ],
    fails: {
      "Billing never charges for what Orders could not store": "the handler caught the refusal",
    },
  },
  {
    exercise: 4,
    name: "the handler tries its send again, and a copy says nothing",
    edits: [
      edit(
        "shared/addItem.ts",
        "    await orders.save(order);\n  }",
        "    await orders.save(order);\n  } else return;",
      ),
      edit(
        "shared/addItem.ts",
        '  await publish({ type: "ItemAdded", orderId, filling });',
        '  const tell = () => publish({ type: "ItemAdded", orderId, filling });\n  await tell().catch(tell);',
      ),
    ],
    fails: { "a crash between save and publish loses nothing": "lost: no ItemAdded, queue empty" },
  },
  {
    exercise: 5,
    name: "the last line goes when the filling is not there",
    edits: [
      edit(
        "shared/removeItem.ts",
        "  if (order.lines.includes(filling)) {\n    order.lines = order.lines.filter((line) => line !== filling);\n    await orders.save(order);\n  }",
        "  order.lines.splice(order.lines.indexOf(filling), 1);\n  await orders.save(order);",
      ),
    ],
    fails: { "a second RemoveItem changes nothing more": "expected [Meat], got []" },
  },
  {
    exercise: 5,
    name: "all lines go",
    edits: [edit("shared/removeItem.ts", "order.lines.filter((line) => line !== filling)", "[]")],
    fails: {
      "RemoveItem takes the filling off": "expected [Meat], got []",
      "a second RemoveItem changes nothing more": "expected [Meat], got []",
    },
  },
  {
    exercise: 5,
    name: "a copy of the removal says nothing",
    edits: [
      edit(
        "shared/removeItem.ts",
        "    await orders.save(order);\n  }",
        "    await orders.save(order);\n  } else return;",
      ),
    ],
    fails: { "Billing hears ItemRemoved": "no ItemRemoved" },
  },
  {
    exercise: 7,
    name: "the ids are remembered by the process",
    edits: [
      edit(
        "shared/once.ts",
        "  if (document.processed.includes(id)) return document;\n",
        "  if (seen.has(id)) return document;\n  seen.add(id);\n",
      ),
      edit("shared/once.ts", "  document.processed.push(id);\n", ""),
      edit(
        "shared/once.ts",
        "/** A document that knows",
        "const seen = new Set<string>();\n\n/** A document that knows",
      ),
    ],
    fails: { "change and id travel in one write": "no processed id in the write" },
  },
  {
    exercise: 7,
    name: "the id is stored in a second write",
    edits: [
      edit(
        "shared/once.ts",
        "  document.processed.push(id);\n  return store.save(document);",
        "  const saved = await store.save(document);\n  saved.processed.push(id);\n  return store.save(saved);",
      ),
    ],
    fails: { "change and id travel in one write": "no processed id in the write" },
  },
  {
    exercise: 8,
    name: "an event has its command's id",
    edits: [
      edit(
        "shared/ids.ts",
        'createHash("sha256").update(name).digest("hex").slice(0, 32)',
        "name && cause.id",
      ),
      edit("shared/ids.ts", 'import { createHash } from "node:crypto";\n', ""),
    ],
    fails: { "no two messages share an id": "AddItem and ItemAdded share the id" },
  },
  {
    exercise: 8,
    name: "an event's id comes from its order and filling",
    edits: [
      edit(
        "shared/ids.ts",
        '[cause.id, endpoint, type, index].join("/")',
        "JSON.stringify({ ...cause, id: [endpoint, type, index] })",
      ),
    ],
    fails: { "no two messages share an id": "ItemAdded and ItemAdded share the id" },
  },
  {
    exercise: 9,
    name: "ids of one command's events differ by nothing",
    edits: [edit("shared/ids.ts", "[cause.id, endpoint, type, index]", "[cause.id, endpoint, index]")],
    fails: { "no two messages share an id": "ItemAdded and FirstItemAdded share the id" },
  },
  {
    exercise: 10,
    name: "the outbox is stored in a second write",
    edits: secondWrite(""),
    fails: { "what was decided is in the write that changed the order": "FirstItemAdded was not in it" },
  },
  {
    exercise: 10,
    name: "the outbox is stored in a second write, after an empty order",
    edits: secondWrite("  await update(orderId, (order) => order.lines.length === 0);\n"),
    fails: { "what was decided is in the write that changed the order": "FirstItemAdded was not in it" },
  },
  {
    exercise: 10,
    name: "the outbox is emptied before it is sent",
    edits: [
      edit(
        "shared/outbox.ts",
        "  for (const { id: eventId, ...event } of unsent) await publish(event, eventId);\n",
        "",
      ),
      edit(
        "shared/outbox.ts",
        "  await update(orderId, (order) => delete order.outbox[id]);\n",
        "  await update(orderId, (order) => delete order.outbox[id]);\n  for (const { id: eventId, ...event } of unsent) await publish(event, eventId);\n",
      ),
    ],
    fails: {
      "Marketing hears FirstItemAdded after a failed send": "FirstItemAdded: expected 1, got 0",
      "a crash between write and dispatch loses nothing": "FirstItemAdded missing",
    },
  },
];

/** @param first what is done before */
function secondWrite(first: string): readonly Edit[] {
  return [
    edit(
      "shared/outbox.ts",
      "  const { outbox } = await update(orderId, (order) => {\n    if (order.processed.includes(id)) return false;\n    const events = decide(order);\n    order.processed.push(id);\n",
      `${first}  let events: OrderEvent[] = [];
  await update(orderId, (order) => {
    if (order.processed.includes(id)) return false;
    events = decide(order);
    order.processed.push(id);
    return true;
  });
  const { outbox } = await update(orderId, (order) => {
    if (events.length === 0) return false;
`,
    ),
  ];
}
