import { z } from "zod";
import { accepted, type Decide, type Endpoint, rejected } from "./decide.ts";
import type { MessageOf } from "./messages.ts";
import { stateReader } from "./state.ts";

const Payment = z.object({
  orderId: z.string(),
  cents: z.int(),
  status: z.enum(["booked", "cancelled"]),
  /** Grows with each change of the payment; its events carry it. */
  version: z.int(),
});
export type Payment = Readonly<z.infer<typeof Payment>>;

const Account = z.object({ payments: z.array(Payment) });
export interface Account {
  readonly payments: readonly Payment[];
}

type Heard = MessageOf<"OrderSubmitted" | "CancelPayment">;

export const decide: Decide<Account, Heard> = (account, message) => {
  const { orderId, customerId } = message;
  const payment = account.payments.find((candidate) => candidate.orderId === orderId);
  switch (message.type) {
    case "OrderSubmitted": {
      if (payment !== undefined) return rejected(account, `order ${orderId} has its payment already`);
      const booked: Payment = { orderId, cents: message.totalCents, status: "booked", version: 1 };
      return accepted(
        { payments: [...account.payments, booked] },
        { type: "PaymentBooked", orderId, customerId, cents: booked.cents, version: booked.version },
      );
    }
    case "CancelPayment": {
      if (payment === undefined) return rejected(account, `order ${orderId} has no payment to cancel`);
      if (payment.status === "cancelled" || payment.version !== message.version) {
        return rejected(
          account,
          `payment of order ${orderId} is ${payment.status} at version ${payment.version}; asked was to cancel version ${message.version}`,
        );
      }
      const cancelled: Payment = { ...payment, status: "cancelled", version: payment.version + 1 };
      return accepted(
        { payments: account.payments.map((candidate) => (candidate === payment ? cancelled : candidate)) },
        { type: "PaymentCancelled", orderId, customerId, cents: cancelled.cents, version: cancelled.version },
      );
    }
  }
};

/** What the customer has paid and not got back, in cents. */
export const paidCents = (account: Account): number =>
  account.payments.reduce((sum, payment) => sum + (payment.status === "booked" ? payment.cents : 0), 0);

export const billing: Endpoint<Account, Heard> = {
  name: "billing",
  accepts: ["OrderSubmitted", "CancelPayment"],
  aggregateOf: (message) => message.customerId,
  initial: { payments: [] },
  schema: 1,
  restore: stateReader("billing", 1, Account),
  decide,
};
