import { type AmqpFault, faultOf } from "./conditions.ts";
import { type ServerConnection, types } from "./rhea.ts";

/** The settled states this server answers with (AMQP 1.0, section 3.4). */
export type Outcome = keyof typeof DESCRIPTORS | { readonly refused: AmqpFault };

const DESCRIPTORS = { accepted: 0x24, rejected: 0x25, released: 0x26, modified: 0x27 };

const ERROR_DESCRIPTOR = 0x1d;

interface Settleable {
  remote_settled: boolean;
  update(settled: boolean, state?: unknown): void;
}

/**
 * Settles a delivery. rhea puts neighbouring dispositions into one range without comparing the first two states,
 * so that a refused delivery could be told as accepted: any state but a plain acceptance is written alone.
 */
export function settle(connection: ServerConnection, delivery: Settleable, outcome: Outcome): void {
  if (outcome !== "accepted") connection._process();
  delivery.update(true, state(outcome));
  // A receiver that lets the sender settle first says no more; rhea would keep the delivery for ever.
  delivery.remote_settled = true;
  if (outcome !== "accepted") connection._process();
}

/** The answer to a settlement or message that was not taken. */
export const refused = (error: unknown): Outcome => ({ refused: faultOf(error) });

function state(outcome: Outcome): unknown {
  if (typeof outcome === "string") {
    return types.described(types.wrap_ulong(DESCRIPTORS[outcome]), types.wrap_list([]));
  }
  const { condition, description } = outcome.refused;
  const error = types.described(
    types.wrap_ulong(ERROR_DESCRIPTOR),
    types.wrap_list([types.wrap_symbol(condition), description]),
  );
  return types.described(types.wrap_ulong(DESCRIPTORS.rejected), types.wrap_list([error]));
}
