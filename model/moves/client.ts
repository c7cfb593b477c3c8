import { at } from "../lists.ts";
import { type FaultKind, orders, type Setup } from "../setup.ts";
import { type State, withHistory } from "../state.ts";
import { accept } from "./accept.ts";
import { localClocks, shown } from "./clock.ts";
import { type Move, move } from "./move.ts";

/**
 * The client sends the next command. After a lost answer it sends it again, with the same id and creation
 * time. (A refused send changes nothing: the client sends again.)
 */
export function clientMoves(setup: Setup, state: State): Move[] {
  const message = state.acknowledged;
  if (message === setup.script.length) return [];
  const stamps = state.tried ? [at(state.history, message).created] : localClocks(setup, state.now);
  return stamps.flatMap((created) => {
    const stamped = withHistory(state, message, { created });
    const first = accept(setup, stamped, orders, { message, created, again: state.tried });
    const acknowledged: State = { ...first, acknowledged: message + 1, tried: false };
    const sent = (next: State, fault?: FaultKind) =>
      move("Client", "send", next, { message, fault, clock: shown(setup, created) });
    const found = [sent(acknowledged)];
    if (setup.faults.includes("send twice"))
      found.push(sent(accept(setup, acknowledged, orders, { message, created, again: true }), "send twice"));
    if (setup.faults.includes("lose a send's answer"))
      found.push(sent({ ...first, tried: true }, "lose a send's answer"));
    return found;
  });
}
