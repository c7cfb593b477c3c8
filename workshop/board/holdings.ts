import { type Filling, fillings, portions } from "../../model/business.ts";
import { endpointNames } from "../../model/invariants.ts";
import { at } from "../../model/lists.ts";
import { workerName } from "../../model/names.ts";
import { billing, causeOf, handlersOf, marketing, orders, type Setup, variants } from "../../model/setup.ts";
import { type Copy, type Endpoint, endpointOf, nobody, type State, type Worker } from "../../model/state.ts";

/** A message as a card in somebody's hand. */
export interface Card {
  readonly type: string;
  readonly filling: Filling;
  readonly id: string;
  /** 1 for the first that was made. */
  readonly copy: number;
}

/** A handler or the dispatcher at work. */
export interface Seat {
  readonly name: string;
  readonly card: Card | undefined;
  readonly hasLock: boolean;
}

export interface Queue {
  readonly name: string;
  readonly waiting: readonly Card[];
  /** Under the table. */
  readonly late: readonly Card[];
  readonly dead: readonly Card[];
}

/** Portions on a sheet, in the order of the menu. */
export interface Sheet {
  readonly name: string;
  readonly lines: readonly { readonly filling: Filling; readonly count: number }[];
  /** The list of ids, where one is kept. */
  readonly ids: readonly string[] | undefined;
}

/** Everything on the table, by who holds it. */
export interface Holdings {
  readonly toSend: readonly Card[];
  readonly queues: readonly Queue[];
  readonly seats: readonly Seat[];
  /** The order sheet, and Billing's. */
  readonly sheets: readonly Sheet[];
  /** Undefined where no rule speaks of a tray. */
  readonly tray: readonly Card[] | undefined;
  readonly dispatcher: Seat | undefined;
  /** How often Marketing heard of a first item; undefined where it does not listen. */
  readonly marketing: number | undefined;
  /** Undefined without a clock. */
  readonly now: number | undefined;
}

export function holdings(setup: Setup, state: State): Holdings {
  const { rules, script } = setup;
  const withQueue = [orders, billing].filter((endpoint) => handlersOf(setup, endpoint) > 0);
  const { outbox, dispatcher } = endpointOf(state, orders);
  return {
    toSend: script.map((_, command) => cardOf(setup, orders, command)).slice(state.acknowledged),
    queues: withQueue.map((endpoint) => queueOf(setup, endpoint, endpointOf(state, endpoint))),
    seats: withQueue.flatMap((endpoint) => seatsOf(setup, endpoint, endpointOf(state, endpoint))),
    sheets: [orders, billing].map((endpoint) => sheetOf(setup, endpoint, endpointOf(state, endpoint))),
    tray:
      rules.content === "stored"
        ? outbox.map(({ message }) => cardOf(setup, orders, message, eventOf(setup, message)))
        : undefined,
    dispatcher: rules.sweeper ? seatOf(setup, orders, -1, dispatcher, false) : undefined,
    marketing: setup.marketing ? endpointOf(state, marketing).sheet : undefined,
    now: setup.ticks > 0 ? state.now : undefined,
  };
}

function queueOf(setup: Setup, endpoint: number, { queue, held, dead }: Endpoint): Queue {
  const copyCard = (copy: Copy): Card => ({
    ...cardOf(setup, endpoint, copy.message),
    copy: Math.max(1, copy.number),
  });
  return {
    name: at(endpointNames, endpoint),
    waiting: queue.filter(({ owner }) => owner === nobody).map(copyCard),
    late: held.map(copyCard),
    dead: Array.from({ length: 32 }, (_, bit) => bit)
      .filter((bit) => (dead & (1 << bit)) !== 0)
      .map((message) => cardOf(setup, endpoint, message)),
  };
}

const seatsOf = (setup: Setup, endpoint: number, { handlers, queue }: Endpoint): Seat[] =>
  handlers.map((worker, handler) => {
    const owned = queue.find(({ owner }) => owner === handler);
    const seat = seatOf(setup, endpoint, handler, worker, owned !== undefined);
    return owned === undefined || seat.card === undefined
      ? seat
      : { ...seat, card: { ...seat.card, copy: Math.max(1, owned.number) } };
  });

const seatOf = (setup: Setup, endpoint: number, which: number, worker: Worker, hasLock: boolean): Seat => ({
  name: workerName(setup, endpoint, which),
  card: worker.message === nobody ? undefined : cardOf(setup, endpoint, worker.message),
  hasLock,
});

function sheetOf(setup: Setup, endpoint: number, { sheet, records }: Endpoint): Sheet {
  const keepsIds = (endpoint === orders ? setup.rules.check : setup.rules.receiver) === "id";
  const noted = records.flatMap((life, message) => (life > 0 ? [idOf(setup, endpoint, message)] : []));
  return {
    name: at(endpointNames, endpoint),
    lines: fillings.flatMap((filling) => {
      const count = portions(sheet, filling);
      return count > 0 ? [{ filling, count }] : [];
    }),
    ids: keepsIds ? noted : undefined,
  };
}

function cardOf(setup: Setup, endpoint: number, message: number, type?: string): Card {
  const command = at(setup.script, causeOf(setup, endpoint, message));
  return {
    type: type ?? (endpoint === orders ? command.type : eventOf(setup, causeOf(setup, endpoint, message))),
    filling: command.filling,
    id: idOf(setup, endpoint, message),
    copy: 1,
  };
}

const eventOf = ({ script }: Setup, message: number): string =>
  at(script, message % script.length).type === "AddItem" ? "ItemAdded" : "ItemRemoved";

/** Commands: 1, 2; under a new id 1′. What is told: 1-b where the id follows from the command's, else the die's. */
function idOf(setup: Setup, endpoint: number, message: number): string {
  const cause = causeOf(setup, endpoint, message) + 1;
  if (endpoint === orders) return message < setup.script.length ? `${cause}` : `${cause}′`;
  return variants(setup) === 1 ? `${cause}-b` : `die ${twoDice(message)}`;
}

/** Two throws, for example "4 2": they look like chance, and differ for different messages (there are at most 31). */
function twoDice(message: number): string {
  const thrown = (7 * message + 9) % 36;
  return `${1 + Math.floor(thrown / 6)} ${1 + (thrown % 6)}`;
}
