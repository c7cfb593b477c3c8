import { createServer, type Server, type Socket } from "node:net";
import { type AmqpFault, faultOf } from "./conditions.ts";
import { type AmqpConnection, acceptConnection } from "./connection.ts";
import { type RheaContainer, rhea } from "./rhea.ts";
import type { Service } from "./service.ts";

/** Milliseconds that clients have to answer a close. */
const CLOSE_GRACE = 500;

export interface Listener {
  readonly server: Server;
  readonly connections: ReadonlySet<AmqpConnection>;
  /** Ends all connections without a word. */
  cutAll(): void;
  /** Takes no more connections, closes those there are, and resolves when the last is gone. */
  close(): Promise<void>;
}

/** Creates the AMQP side of a service; the caller lets `server` listen. */
export function createListener(service: Service, onConnectionError: (error: unknown) => void): Listener {
  const container = createContainer(service.maxMessageSize);
  const connections = new Set<AmqpConnection>();
  /** Sockets whose connection a fault holds up. */
  const waiting = new Set<Socket>();
  let count = 0;

  function accept(socket: Socket, refusal?: AmqpFault): void {
    waiting.delete(socket);
    if (socket.destroyed) return;
    count += 1;
    const connection = acceptConnection(
      service,
      container,
      socket,
      `connection-${count}`,
      refusal,
      (error) => {
        connections.delete(connection);
        if (error !== undefined) onConnectionError(error);
      },
    );
    connections.add(connection);
  }

  const server = createServer((socket) => {
    waiting.add(socket);
    // Its end before it is accepted concerns nobody.
    socket.on("error", () => {});
    const operation = { kind: "connect", connection: { cut: () => socket.destroy() } } as const;
    service
      .strike(operation, () => {
        if (waiting.has(socket)) accept(socket);
      })
      .catch((error: unknown) => accept(socket, faultOf(error)));
  });
  return {
    server,
    connections,
    cutAll() {
      for (const connection of connections) connection.cut();
    },
    async close() {
      const all = [...connections];
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of waiting) socket.destroy();
      for (const connection of all) connection.close(CLOSE_GRACE);
      await Promise.all([stopped, ...all.map(({ closed }) => closed)]);
    },
  };
}

function createContainer(maxMessageSize: number): RheaContainer {
  const container = rhea.create_container({
    id: "service-bus",
    sender_options: { treat_modified_as_released: false },
    receiver_options: { autoaccept: false, credit_window: 500, max_message_size: maxMessageSize },
  }) as RheaContainer;
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  // What .NET calls "no authentication here, a token comes over $cbs".
  mechanisms["MSSBCBS"] = mechanisms["ANONYMOUS"];
  // Without a listener an error event would be thrown; each connection handles its own.
  container.on("error", () => {});
  return container;
}
