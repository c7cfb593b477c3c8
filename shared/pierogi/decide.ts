import type { Message } from "./messages.ts";

/** What became of a message. A broken business rule is an outcome, recorded like any other. */
export type Outcome =
  | { readonly status: "accepted" }
  | { readonly status: "rejected"; readonly reason: string };

export interface Decision<State> {
  readonly state: State;
  readonly outgoing: readonly Message[];
  readonly outcome: Outcome;
}

/** Facts about the message that its body does not carry. */
export interface Facts {
  /** When the message was created, ISO 8601: the same in every copy, so that a decision can depend on it. */
  readonly createdAt: string;
}

/** The whole business logic of an endpoint: no clock, no I/O, the same answer for the same arguments. */
export type Decide<State, Incoming extends Message> = (
  state: State,
  message: Incoming,
  facts: Facts,
) => Decision<State>;

/** An endpoint's business side: what it is about, what it hears, and how it decides. */
export interface Endpoint<State, Incoming extends Message> {
  readonly name: string;
  readonly accepts: readonly Incoming["type"][];
  readonly aggregateOf: (message: Incoming) => string;
  readonly initial: State;
  /** Schema number of the stored state. */
  readonly schema: number;
  /** Reads a stored state of this schema or the one before. */
  readonly restore: (schema: number, stored: unknown) => State;
  readonly decide: Decide<State, Incoming>;
}

export const accepted = <State>(state: State, ...outgoing: Message[]): Decision<State> => ({
  state,
  outgoing,
  outcome: { status: "accepted" },
});

export const rejected = <State>(state: State, reason: string): Decision<State> => ({
  state,
  outgoing: [],
  outcome: { status: "rejected", reason },
});
