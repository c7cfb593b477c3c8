import { z } from "zod";
import { accepted, type Decide, type Endpoint } from "./decide.ts";
import type { MessageOf } from "./messages.ts";
import { stateReader } from "./state.ts";

/** A customer whose booked payments pass this total gets one coupon, ever. In cents. */
export const couponThresholdCents = 10_000;

const Customer = z.object({
  ordersBegun: z.int(),
  /** Total of the payments ever booked, cancelled ones included. */
  bookedCents: z.int(),
  coupon: z.object({ grantedAt: z.string() }).nullable(),
});
export type Customer = Readonly<z.infer<typeof Customer>>;

type Heard = MessageOf<"FirstItemAdded" | "PaymentBooked">;

// Counts and sums commute, and the coupon depends on the total alone: the order of these events does not matter.
export const decide: Decide<Customer, Heard> = (customer, message, { createdAt }) => {
  switch (message.type) {
    case "FirstItemAdded":
      return accepted({ ...customer, ordersBegun: customer.ordersBegun + 1 });
    case "PaymentBooked": {
      const bookedCents = customer.bookedCents + message.cents;
      if (customer.coupon !== null || bookedCents <= couponThresholdCents) {
        return accepted({ ...customer, bookedCents });
      }
      return accepted(
        { ...customer, bookedCents, coupon: { grantedAt: createdAt } },
        { type: "CouponGranted", customerId: message.customerId, grantedAt: createdAt },
      );
    }
  }
};

export const marketing: Endpoint<Customer, Heard> = {
  name: "marketing",
  accepts: ["FirstItemAdded", "PaymentBooked"],
  aggregateOf: (message) => message.customerId,
  initial: { ordersBegun: 0, bookedCents: 0, coupon: null },
  schema: 1,
  restore: stateReader("marketing", 1, Customer),
  decide,
};
