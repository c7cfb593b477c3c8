import { at, replaced } from "./lists.ts";
import { endpointCount, handlersOf, messageIds, type Setup } from "./setup.ts";

/** One copy of a message in a queue. */
export interface Copy {
  readonly message: number;
  /** The message's creation time; 0 without a clock. */
  readonly created: number;
  /** Not the first copy that was accepted. */
  readonly again: boolean;
  /** Deliveries used up; counted only where there is a limit. */
  readonly deliveries: number;
  /** The handler that holds the lock, or `nobody`. */
  readonly owner: number;
  /** For the reader of a schedule only: no move depends on it, and it is not stored. */
  readonly number: number;
}

export const nobody = -1;

/** What was decided to be sent because of a command. */
export interface Outgoing {
  /** The receivers: bits of `step.toBilling` and `step.toMarketing`. */
  readonly to: number;
  /** Portions in the order when it was decided: a value that differs if it is computed again later. */
  readonly content: number;
  readonly variant: number;
  readonly created: number;
}

export const nothing: Outgoing = { to: 0, content: 0, variant: 0, created: 0 };

export interface OutboxItem {
  readonly message: number;
  readonly outgoing: Outgoing;
}

/** The I/O steps of a worker: its `todo` is a set of these, done in the order that the rules give. */
export const step = {
  readState: 1,
  readRecord: 2,
  save: 4,
  writeRecord: 8,
  toBilling: 16,
  toMarketing: 32,
  deleteItem: 64,
  quarantine: 128,
  complete: 256,
} as const;
export const reads = step.readState | step.readRecord;
export const sends = step.toBilling | step.toMarketing;

/** A handler or a dispatcher at work. What it no longer needs is set to 0, so that equal futures are equal states. */
export interface Worker {
  /** The message it works on; `nobody` when it is idle. */
  readonly message: number;
  readonly created: number;
  readonly todo: number;
  /** The sheet as it was read. */
  readonly loaded: number;
  /** Somebody wrote the state after it was read. */
  readonly stale: boolean;
  readonly outgoing: Outgoing;
}

export const idle: Worker = {
  message: nobody,
  created: 0,
  todo: 0,
  loaded: 0,
  stale: false,
  outgoing: nothing,
};

export interface Endpoint {
  readonly queue: readonly Copy[];
  /** Copies that are late: accepted or on the way, but not to be delivered yet. */
  readonly held: readonly Copy[];
  /** Messages in the dead-letter or quarantine queue: a set of bits. */
  readonly dead: number;
  /** Messages that the store will never take: a set of bits. */
  readonly refused: number;
  /** Broker ids that duplicate detection has seen: a set of bits. */
  readonly seen: number;
  readonly handlers: readonly Worker[];
  readonly dispatcher: Worker;
  readonly sheet: number;
  /** Per message id: 0, or 1 and the tick at which the inbox record may go. */
  readonly records: readonly number[];
  /** In the order of their commits. */
  readonly outbox: readonly OutboxItem[];
  /** Copies accepted per message id: for the reader only, as a copy's number is. */
  readonly accepted: readonly number[];
}

/** What has happened to a command and its events: the invariants look at this, no rule does (but for `runs`). */
export interface History {
  /** How often it had its effect, per endpoint; counts to 2. */
  readonly effects: readonly number[];
  /** The receivers that the commit decided to tell. */
  readonly decided: number;
  /** 0, or 1 and the content of the first copy sent to Billing. */
  readonly sent: number;
  /** How many times outgoing messages were made up: numbers the random ids. */
  readonly runs: number;
  readonly created: number;
}

export interface State {
  readonly now: number;
  /** Commands that the client knows to be accepted. */
  readonly acknowledged: number;
  /** The next command was sent, and the answer lost. */
  readonly tried: boolean;
  readonly endpoints: readonly Endpoint[];
  readonly history: readonly History[];
  /** Two copies of one id with different content were sent. */
  readonly differing: boolean;
  /** Commands that the operator has replayed: a set of bits. */
  readonly replayed: number;
}

export function initialState(setup: Setup): State {
  const endpoints = Array.from({ length: endpointCount(setup) }, (_, endpoint) => ({
    queue: [],
    held: [],
    dead: 0,
    refused: 0,
    seen: 0,
    handlers: Array.from({ length: handlersOf(setup, endpoint) }, () => idle),
    dispatcher: idle,
    sheet: 0,
    records: Array.from({ length: messageIds(setup, endpoint) }, () => 0),
    outbox: [],
    accepted: [],
  }));
  const history = setup.script.map(() => ({
    effects: [0, 0, 0],
    decided: 0,
    sent: 0,
    runs: 0,
    created: 0,
  }));
  return { now: 0, acknowledged: 0, tried: false, endpoints, history, differing: false, replayed: 0 };
}

export const endpointOf = (state: State, endpoint: number): Endpoint => at(state.endpoints, endpoint);

export const withEndpoint = (state: State, endpoint: number, change: Partial<Endpoint>): State => ({
  ...state,
  endpoints: replaced(state.endpoints, endpoint, { ...endpointOf(state, endpoint), ...change }),
});

export const withHistory = (state: State, command: number, change: Partial<History>): State => ({
  ...state,
  history: replaced(state.history, command, { ...at(state.history, command), ...change }),
});

/** Counts an effect of a command at an endpoint; `atLeastOnce` only where it had none. */
export function withEffect(state: State, command: number, endpoint: number, atLeastOnce = false): State {
  const { effects } = at(state.history, command);
  const before = at(effects, endpoint);
  const count = atLeastOnce ? Math.max(1, before) : Math.min(2, before + 1);
  return count === before
    ? state
    : withHistory(state, command, { effects: replaced(effects, endpoint, count) });
}

/** Nothing is under way: nobody will do anything any more, and nothing is left to do. */
export const atRest = (setup: Setup, state: State): boolean =>
  state.acknowledged === setup.script.length &&
  state.endpoints.every(
    ({ queue, held, handlers, dispatcher, outbox }) =>
      queue.length === 0 &&
      held.length === 0 &&
      outbox.length === 0 &&
      dispatcher.message === nobody &&
      handlers.every(({ message }) => message === nobody),
  );
