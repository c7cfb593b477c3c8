import { useState } from "preact/hooks";
import { Answered, type Ask } from "./connection.ts";
import { fillings } from "./menu.ts";
import { useAsked } from "./use-asked.ts";

/** Which order and customer the page is about. */
export interface About {
  readonly order: string;
  readonly customer: string;
}

export interface OrderFormProps {
  readonly ask: Ask;
  readonly about: About;
  /** The last thing that happened: the order is looked at anew. */
  readonly latest: number;
  readonly onAbout: (about: About) => void;
  readonly onStory: (order: string) => void;
}

interface Order {
  readonly status: string;
  readonly lines: readonly { readonly filling: string; readonly portions: number; readonly cents: number }[];
  readonly totalCents: number;
}

/** Places orders as any client does, over HTTP. */
export function OrderForm({ ask, about, latest, onAbout, onStory }: OrderFormProps) {
  const [filling, setFilling] = useState("Meat");
  const [portions, setPortions] = useState(2);
  const [requests, request] = useRequests(ask, about.order);
  const order = useOrder(ask, about.order, latest);
  const text = (name: keyof About) => (event: { currentTarget: HTMLInputElement }) =>
    onAbout({ ...about, [name]: event.currentTarget.value });
  return (
    <section class="order" aria-labelledby="order-title">
      <h2 id="order-title">Order pierogi</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          request("Add", "POST", "items", { customerId: about.customer, filling, portions });
        }}
      >
        <label>
          Order{" "}
          <input value={about.order} onInput={text("order")} required pattern="[A-Za-z0-9][A-Za-z0-9._\-]*" />
        </label>
        <label>
          Customer{" "}
          <input
            value={about.customer}
            onInput={text("customer")}
            required
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
          />
        </label>
        <label>
          Filling{" "}
          <select value={filling} onChange={(event) => setFilling(event.currentTarget.value)}>
            {fillings.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          Portions{" "}
          <input
            type="number"
            min="1"
            max="100"
            value={portions}
            onInput={(event) => setPortions(Number(event.currentTarget.value))}
          />
        </label>
        <div class="buttons">
          <button type="submit" class="main">
            Add
          </button>
          <button type="button" onClick={() => request("Submit", "POST", "submit")}>
            Submit order
          </button>
          <button type="button" onClick={() => request("Cancel payment", "POST", "cancel-payment")}>
            Cancel payment
          </button>
          <button type="button" onClick={() => onStory(about.order)}>
            Story
          </button>
        </div>
      </form>
      <OrderState id={about.order} order={order} />
      <ol class="requests" aria-label="Requests">
        {requests.map(({ key, what, outcome }) => (
          <li key={key}>
            {what}: <strong>{outcome}</strong>
          </li>
        ))}
      </ol>
    </section>
  );
}

function OrderState({ id, order }: { id: string; order: Order | undefined }) {
  if (order === undefined) return <p class="soft">There is no order {id} yet.</p>;
  return (
    <p class="order-state">
      Order {id} is <strong>{order.status}</strong>:{" "}
      {order.lines.map(({ filling, portions }) => `${portions} ${filling}`).join(", ") || "empty"},{" "}
      {(order.totalCents / 100).toFixed(2)} USD
    </p>
  );
}

interface Request {
  readonly key: string;
  readonly what: string;
  readonly outcome: string;
}

/** Makes requests and asks for their outcomes; the last few are remembered. */
function useRequests(ask: Ask, order: string) {
  const [requests, setRequests] = useState<readonly Request[]>([]);
  const path = `/api/orders/${encodeURIComponent(order)}`;
  const request = async (what: string, method: "POST" | "DELETE", below: string, body?: object) => {
    const key = crypto.randomUUID();
    const told = (outcome: string) =>
      setRequests((before) =>
        [
          { key, what: `${what}, order ${order}`, outcome },
          ...before.filter((each) => each.key !== key),
        ].slice(0, 5),
      );
    told("sending …");
    try {
      await ask(`${path}/${below}`, { method, key, body: body ?? {} });
      told("202 accepted, outcome to come");
      told(await outcomeOf(ask, `${path}/requests/${key}`));
    } catch (error) {
      told(error instanceof Answered ? `${error.status} ${error.message}` : String(error));
    }
  };
  return [requests, (...args: Parameters<typeof request>) => void request(...args)] as const;
}

/** Milliseconds between two questions for an outcome, and how many there are. */
const asking = { every: 400, times: 150 };

async function outcomeOf(ask: Ask, path: string): Promise<string> {
  for (let n = 0; n < asking.times; n++) {
    const { status, reason } = await ask<{ status: string; reason?: string }>(path);
    if (status !== "pending") return reason === undefined ? status : `${status}: ${reason}`;
    await new Promise((resolve) => setTimeout(resolve, asking.every));
  }
  return "no outcome yet";
}

/** The order as the API shows it. */
const useOrder = (ask: Ask, id: string, latest: number): Order | undefined =>
  useAsked(ask, `/api/orders/${encodeURIComponent(id)}`, latest);
