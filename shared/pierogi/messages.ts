import { z } from "zod";
import { Filling, Portions } from "./menu.ts";

/**
 * An order's or customer's id: it becomes part of a URL and of a partition key, so the characters that either
 * of them treats specially are not allowed.
 */
export const AggregateId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/, "expected 1 to 64 letters, digits, '.', '_', '~' or '-'");

const Cents = z.int().min(0);
const Version = z.int().min(1);
const order = { orderId: AggregateId };
const orderOf = { orderId: AggregateId, customerId: AggregateId };

/** One version of a message's form; `upcast` turns the version before into it. */
interface Form<Type extends string, Shape extends z.ZodRawShape> {
  readonly type: Type;
  readonly kind: "command" | "event";
  readonly schema: number;
  readonly body: z.ZodObject<Shape>;
  readonly upcast?: (previous: Record<string, unknown>) => Record<string, unknown>;
}

const form =
  (kind: "command" | "event") =>
  <Type extends string, Shape extends z.ZodRawShape>(
    type: Type,
    shape: Shape,
    more: Partial<Pick<Form<Type, Shape>, "schema" | "upcast">> = {},
  ): Form<Type, Shape> => ({ type, kind, schema: 1, body: z.strictObject(shape), ...more });

const command = form("command");
const event = form("event");

/** Every message of the system. The number is the newest schema; the one before it is still read. */
export const forms = {
  AddItem: command(
    "AddItem",
    { ...orderOf, filling: Filling, portions: Portions },
    // Schema 1 knew one portion per command.
    { schema: 2, upcast: (previous) => ({ ...previous, portions: 1 }) },
  ),
  RemoveItem: command("RemoveItem", { ...order, filling: Filling }),
  SubmitOrder: command("SubmitOrder", order),
  CancelOrderPayment: command("CancelOrderPayment", order),
  CancelPayment: command("CancelPayment", { ...orderOf, version: Version }),
  ItemAdded: event("ItemAdded", { ...orderOf, filling: Filling, portions: Portions, cents: Cents }),
  ItemRemoved: event("ItemRemoved", { ...orderOf, filling: Filling, portions: z.int().min(1) }),
  FirstItemAdded: event("FirstItemAdded", orderOf),
  OrderSubmitted: event("OrderSubmitted", { ...orderOf, totalCents: Cents }),
  PaymentBooked: event("PaymentBooked", { ...orderOf, cents: Cents, version: Version }),
  PaymentCancelled: event("PaymentCancelled", { ...orderOf, cents: Cents, version: Version }),
  CouponGranted: event("CouponGranted", { customerId: AggregateId, grantedAt: z.iso.datetime() }),
} as const;

export type MessageType = keyof typeof forms;

/** The message of a given type: its type's name and its body's fields. */
export type MessageOf<Type extends MessageType> = Type extends MessageType
  ? { readonly type: Type } & Readonly<z.infer<(typeof forms)[Type]["body"]>>
  : never;

export type Message = MessageOf<MessageType>;

export const isMessageType = (type: string): type is MessageType => Object.hasOwn(forms, type);

export interface Unreadable {
  readonly reason: "unknown type" | "malformed";
  readonly problem: string;
}

/**
 * Reads a message's body in its own schema or the one before.
 * @returns the message, or a sentence that says what was expected and what came
 */
export function parseMessage(type: string, schema: number, body: unknown): Message | Unreadable {
  if (!isMessageType(type)) {
    return {
      reason: "unknown type",
      problem: `unknown type ${JSON.stringify(type)}; expected one of ${Object.keys(forms).join(", ")}`,
    };
  }
  const form: Form<MessageType, z.ZodRawShape> = forms[type];
  const readable = form.upcast === undefined ? [form.schema] : [form.schema, form.schema - 1];
  if (!readable.includes(schema)) {
    return {
      reason: "malformed",
      problem: `${type} has schema ${schema}; this version reads ${readable.join(" and ")}`,
    };
  }
  const current = schema === form.schema ? body : upcast(form, body);
  const parsed = form.body.safeParse(current);
  if (!parsed.success)
    return { reason: "malformed", problem: `${type} is not as expected: ${describe(parsed.error)}` };
  return { ...parsed.data, type } as Message;
}

const upcast = (form: Form<MessageType, z.ZodRawShape>, body: unknown): unknown =>
  typeof body === "object" && body !== null ? form.upcast?.({ ...body }) : body;

/** One line for a failed parse: each field's path and what is wrong with it. */
export const describe = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ");
