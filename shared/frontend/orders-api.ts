import { z } from "zod";
import type { Store } from "../exactly-once/contracts.ts";
import type { requests } from "../exactly-once/request.ts";
import { billing, paidCents } from "../pierogi/billing.ts";
import type { Endpoint } from "../pierogi/decide.ts";
import { marketing } from "../pierogi/marketing.ts";
import { Filling, Portions } from "../pierogi/menu.ts";
import { AggregateId, type Message } from "../pierogi/messages.ts";
import { orders, totalCents } from "../pierogi/orders.ts";
import { bodyOf, type HttpCall, type HttpHandler, parameter, parsed } from "./http.ts";
import { type HttpAnswer, HttpProblem, json, problem } from "./problem.ts";

type Requests = ReturnType<typeof requests>;
type Address = (message: Message) => Parameters<Requests["submit"]>[0]["command"];
type StateStore = Pick<Store, "state">;

export interface OrdersApiOptions {
  readonly requests: Requests;
  readonly address: Address;
  /** Where each endpoint keeps its state. */
  readonly stores: Readonly<Record<"orders" | "billing" | "marketing", StateStore>>;
}

const ItemBody = z.strictObject({ customerId: AggregateId, filling: Filling, portions: Portions });
const itemExample = '{"customerId": "1", "filling": "Meat", "portions": 2}';

/** What stands in a URL's path as it is: a slash would not survive every server, a dot alone no client. */
const keyForm = /^[A-Za-z0-9][A-Za-z0-9._~:-]{0,254}$/;

/** The HTTP API of orders: commands are accepted into the queue, queries read the endpoints' states. */
export function ordersApi({ requests, address, stores }: OrdersApiOptions) {
  /** A command: recorded, queued, and answered with the place where its outcome will be. */
  async function submit(
    call: HttpCall,
    body: string,
    message: (orderId: string) => Message,
  ): Promise<HttpAnswer> {
    const orderId = parameter(call, "orderId", AggregateId);
    const key = idempotencyKey(call);
    const submitted = await requests.submit({
      aggregate: { endpoint: orders.name, id: orderId },
      key,
      fingerprint: `${call.method} ${new URL(call.url).pathname}\n${body}`,
      command: address(message(orderId)),
    });
    switch (submitted.status) {
      case "accepted": {
        const location = `/api/orders/${orderId}/requests/${key}`;
        return json(202, { status: "pending" }, { location });
      }
      case "mismatch":
        return problem(
          422,
          "Unprocessable Content",
          `Idempotency-Key "${key}" was used on order ${orderId} for another request: use a new key for a new request`,
        );
      case "gone":
        return problem(
          410,
          "Gone",
          `Idempotency-Key "${key}" is of ${iso(submitted.keyCreatedAt)}, too long ago: use a new key`,
        );
      case "future":
        return problem(
          400,
          "Bad Request",
          `Idempotency-Key "${key}" is of ${iso(submitted.keyCreatedAt)}, in the future: check the clock`,
        );
    }
  }

  const withoutBody =
    (message: (call: HttpCall) => (orderId: string) => Message): HttpHandler =>
    (call) =>
      submit(call, "", message(call));

  return {
    async addItem(call) {
      const body = await bodyOf(call);
      const item = parsed(ItemBody, body, itemExample);
      // The parsed item and not its text: white space makes no other request.
      return submit(call, JSON.stringify(item), (orderId) => ({ type: "AddItem", orderId, ...item }));
    },

    removeItem: withoutBody((call) => {
      const filling = parameter(call, "filling", Filling);
      return (orderId) => ({ type: "RemoveItem", orderId, filling });
    }),

    submitOrder: withoutBody(() => (orderId) => ({ type: "SubmitOrder", orderId })),

    cancelPayment: withoutBody(() => (orderId) => ({ type: "CancelOrderPayment", orderId })),

    async requestStatus(call) {
      const orderId = parameter(call, "orderId", AggregateId);
      const { key = "" } = call.params;
      const status = await requests.status({ endpoint: orders.name, id: orderId }, key);
      if (status.status === "unknown") {
        return problem(
          404,
          "Not Found",
          `order ${orderId} has no request with the key "${key}", or it is long ago`,
        );
      }
      return json(200, status);
    },

    async order(call) {
      const orderId = parameter(call, "orderId", AggregateId);
      const order = await stateOf(stores.orders, orders, orderId);
      if (order === undefined || order.customerId === null) {
        return problem(404, "Not Found", `there is no order ${orderId}`);
      }
      const { customerId, status, lines, version } = order;
      return json(200, { orderId, customerId, status, lines, totalCents: totalCents(order), version });
    },

    async customer(call) {
      const customerId = parameter(call, "customerId", AggregateId);
      const [account, customer] = await Promise.all([
        stateOf(stores.billing, billing, customerId),
        stateOf(stores.marketing, marketing, customerId),
      ]);
      if (account === undefined && customer === undefined) {
        return problem(404, "Not Found", `there is no customer ${customerId}`);
      }
      const { payments } = account ?? billing.initial;
      const { ordersBegun, coupon } = customer ?? marketing.initial;
      return json(200, { customerId, payments, paidCents: paidCents({ payments }), ordersBegun, coupon });
    },
  } satisfies Record<string, HttpHandler>;
}

/** An aggregate as its endpoint left it, or undefined when it never heard of it. */
async function stateOf<State>(
  store: StateStore,
  { name, restore }: Pick<Endpoint<State, Message>, "name" | "restore">,
  id: string,
): Promise<State | undefined> {
  const stored = await store.state({ endpoint: name, id });
  return stored === undefined ? undefined : restore(stored.schema, stored.value);
}

function idempotencyKey(call: HttpCall): string {
  const key = call.headers.get("idempotency-key") ?? "";
  if (keyForm.test(key)) return key;
  const came = key === "" ? "there was none" : "it has other characters or is longer";
  throw new HttpProblem(
    400,
    "Bad Request",
    `expected a header Idempotency-Key of 1 to 255 letters, digits and . _ ~ : -, such as a UUID, but ${came}: it makes repeating the request safe`,
  );
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
