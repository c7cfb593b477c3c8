import { at } from "../lists.ts";
import { orders, type Setup } from "../setup.ts";
import { endpointOf, type State, withEndpoint } from "../state.ts";
import { accept } from "./accept.ts";
import { type Move, move } from "./move.ts";

/** The operator replays a command's dead letter with its old creation time: once per command, so that there is an end. */
export function operatorMoves(setup: Setup, state: State): Move[] {
  const { replay } = setup.rules;
  if (replay === "never") return [];
  const { dead } = endpointOf(state, orders);
  return setup.script.flatMap((_, command) => {
    const bit = 1 << command;
    if ((dead & bit) === 0 || (state.replayed & bit) !== 0) return [];
    const next = accept(
      setup,
      { ...withEndpoint(state, orders, { dead: dead & ~bit }), replayed: state.replayed | bit },
      orders,
      {
        message: replay === "new logical id" ? command + setup.script.length : command,
        created: at(state.history, command).created,
        again: true,
        freshBrokerId: replay !== "same broker id",
      },
    );
    return [move("Operator", "replay", next, { message: command, progress: false })];
  });
}
