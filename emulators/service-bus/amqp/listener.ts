import { createServer, type Server } from "node:net";
import { type AmqpConnection, acceptConnection } from "./connection.ts";
import { type RheaContainer, rhea } from "./rhea.ts";
import type { Service } from "./service.ts";

/** Milliseconds that clients have to answer a close. */
const CLOSE_GRACE = 500;

export interface Listener {
  readonly server: Server;
  readonly connections: ReadonlySet<AmqpConnection>;
  /** Takes no more connections, closes those there are, and resolves when the last is gone. */
  close(): Promise<void>;
}

/** Creates the AMQP side of a service; the caller lets `server` listen. */
export function createListener(service: Service, onConnectionError: (error: unknown) => void): Listener {
  const container = createContainer(service.maxMessageSize);
  const connections = new Set<AmqpConnection>();
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    const connection = acceptConnection(service, container, socket, `connection-${count}`, (error) => {
      connections.delete(connection);
      if (error !== undefined) onConnectionError(error);
    });
    connections.add(connection);
  });
  return {
    server,
    connections,
    async close() {
      const all = [...connections];
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
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
