import { readFile } from "node:fs/promises";
import { z } from "zod";
import { errors, kindsOnlyOf, knowsMessages, operations, serverNames } from "./vocabulary.ts";

const text = z.string().min(1).max(256);
/** Longer than a day is a mistake of units. */
const milliseconds = z.int().min(0).max(86_400_000);
/** A name, a status or a number, as the server has them. */
const errorName = z.union([text, z.int()], "expected the name or number of one of the server's errors");
const bounded = { atMost: milliseconds.default(30_000) };

/** Where a fault strikes: every property that is given must match. */
const Where = z
  .strictObject({
    server: z.enum(serverNames),
    /** One of the server's operations, or several; all of them by default. */
    operation: z.union([text, z.array(text).min(1)]).optional(),
    /** Queue, topic, subscription, container, table or function. */
    entity: text.optional(),
    messageType: text.optional(),
    logicalId: text.optional(),
    /** Application properties of the message. */
    properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** The order or customer that it is about: the session, partition key, or a part of the statement's parameters. */
    aggregate: text.optional(),
  })
  .superRefine(({ server, operation = [], ...compared }, context) => {
    const known: readonly string[] = operations[server];
    for (const name of [operation].flat().filter((name) => !known.includes(name))) {
      context.addIssue({
        code: "custom",
        path: ["operation"],
        message: `${server} has no operation "${name}"; expected one of ${known.join(", ")}`,
      });
    }
    if (!knowsMessages.has(server)) {
      for (const name of (["messageType", "logicalId"] as const).filter(
        (each) => compared[each] !== undefined,
      )) {
        context.addIssue({
          code: "custom",
          path: [name],
          message: `${server} sees no ${name}; expected entity, aggregate or properties (its README says which)`,
        });
      }
    }
  });
export type Where = Readonly<z.infer<typeof Where>>;

/** `before`: the operation is not applied. `after`: it is applied and durable, and its answer is lost. */
const when = z.enum(["before", "after"]);

const Fault = z.discriminatedUnion("kind", [
  /** Answers an error; nothing is applied. */
  z.strictObject({ kind: z.literal("refuse"), error: errorName }),
  /** Nothing is applied, and the client's connection is cut. */
  z.strictObject({ kind: z.literal("loseRequest") }),
  /** All is applied, and the client's connection is cut before it hears of it. */
  z.strictObject({ kind: z.literal("loseAnswer") }),
  z.strictObject({ kind: z.literal("delay"), milliseconds }),
  /**
   * Waits until an operation that `until` describes is done, `atMost` so many milliseconds. With `refuse` it then
   * answers that error, and nothing is applied.
   */
  z.strictObject({
    kind: z.literal("hold"),
    until: Where,
    ...bounded,
    refuse: errorName.optional(),
  }),
  /** Waits until the next operation of the same name and entity has passed it. */
  z.strictObject({ kind: z.literal("reorder"), ...bounded }),
  /** Applied twice, one after the other: the client hears the second answer. */
  z.strictObject({ kind: z.literal("twice") }),
  /** The lock of the message (or of its session) expires now. */
  z.strictObject({ kind: z.literal("loseLock") }),
  /** All of the server's connections are cut; this operation is not applied. */
  z.strictObject({ kind: z.literal("cut") }),
  z.strictObject({ kind: z.literal("killServer"), when, restartAfter: milliseconds.default(1_000) }),
  z.strictObject({ kind: z.literal("killWorker"), when }),
  /** The workers are stopped as a closed laptop stops them (SIGSTOP; not on Windows), then go on. */
  z.strictObject({ kind: z.literal("freezeWorker"), milliseconds }),
  /** The server's clock goes ahead at once, and stays so. */
  z.strictObject({ kind: z.literal("clock"), ahead: milliseconds }),
]);
export type Fault = Readonly<z.infer<typeof Fault>>;
export type FaultKind = Fault["kind"];
/** What it answers. */
const errorOf = (fault: Fault): string | number | undefined =>
  fault.kind === "refuse" ? fault.error : fault.kind === "hold" ? fault.refuse : undefined;
export const faultKinds: readonly FaultKind[] = Fault.options.map((option) => option.shape.kind.value);

const Rule = z
  .strictObject({
    /** Unique in its plan: the log and the report of what never fired name it. */
    name: text,
    at: Where,
    fault: Fault,
    /** The first match that it may strike, counted from 1. */
    from: z.int().min(1).default(1),
    /** How often it strikes. */
    times: z.union([z.int().min(1), z.literal("always")]).default(1),
    /** Of each match, drawn from the plan's seed. */
    probability: z.number().gt(0).max(1).default(1),
  })
  .superRefine(({ at: { server }, fault }, context) => {
    const error = errorOf(fault);
    if (error !== undefined && !(errors[server] as readonly unknown[]).includes(error)) {
      context.addIssue({
        code: "custom",
        path: ["fault", fault.kind === "hold" ? "refuse" : "error"],
        message: `${server} has no error ${JSON.stringify(error)}; expected one of ${errors[server].join(", ")}`,
      });
    }
    const only = kindsOnlyOf[fault.kind];
    if (only !== undefined && only !== server) {
      context.addIssue({
        code: "custom",
        path: ["fault", "kind"],
        message: `"${fault.kind}" is a fault of ${only}; this rule is about ${server}`,
      });
    }
  });
export type Rule = Readonly<z.infer<typeof Rule>>;
/** A rule as it may be written: what has a default can be left out. */
export type RuleInput = z.input<typeof Rule>;

const Plan = z
  .strictObject({ seed: z.int().default(1), rules: z.array(Rule).max(1_000) })
  .superRefine(({ rules }, context) => {
    const names = new Set<string>();
    for (const [index, { name }] of rules.entries()) {
      if (names.has(name)) {
        context.addIssue({ code: "custom", path: ["rules", index, "name"], message: `"${name}" is taken` });
      }
      names.add(name);
    }
  });
export type Plan = Readonly<z.infer<typeof Plan>>;
export type PlanInput = z.input<typeof Plan>;

export const noFaults: Plan = { seed: 1, rules: [] };

/** A plan that can't be used; the message names each place and what was expected there. */
export class PlanError extends Error {
  override name = "PlanError";
}

/** @throws PlanError */
export function parsePlan(value: unknown): Plan {
  const parsed = Plan.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PlanError(`not a fault plan:\n${z.prettifyError(parsed.error)}`);
}

/** @throws PlanError for a file that can't be read, is no JSON, or no plan */
export async function readPlan(file: string): Promise<Plan> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new PlanError(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  try {
    return parsePlan(value);
  } catch (cause) {
    throw new PlanError(`${file} is ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
