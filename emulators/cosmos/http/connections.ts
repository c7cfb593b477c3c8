import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Injector } from "../../faults/index.ts";

/**
 * Lets the fault plan strike new connections. They are open by the time that a server hears of them: what is refused
 * or lost is cut, and what is delayed or held answers nothing yet.
 * @returns resolves when a connection's requests may be served: at once, unless a fault is at work on it
 */
export function watchConnections(http: Server, faults: Injector): (socket: Socket) => Promise<void> {
  const struck = new WeakMap<Socket, Promise<void>>();
  http.on("connection", (socket) => {
    const cut = (): void => void socket.destroy();
    const connecting = faults
      .inject(
        "connect",
        () => ({}),
        () => {},
        { refuse: () => new Error("refused"), cut, cutAll: () => http.closeAllConnections() },
      )
      .catch(cut)
      .then(() => void struck.delete(socket));
    struck.set(socket, connecting);
  });
  return (socket) => struck.get(socket) ?? Promise.resolve();
}
