import type { Socket } from "node:net";
import type { AmqpFault } from "./conditions.ts";
import { MAX_FRAME_SIZE } from "./frame-guard.ts";
import { GuardedSocket, IDLE_TIMEOUT } from "./guarded-socket.ts";
import { createLinks } from "./links.ts";
import { MAX_UNSETTLED } from "./receive-link.ts";
import type { IncomingLink, OutgoingLink, RheaContainer, ServerConnection } from "./rhea.ts";
import type { Service } from "./service.ts";
import { guardTransfers } from "./transfers.ts";

/** The highest number of an AMQP session, as in Azure. */
const MAX_CHANNEL = 4999;

/** Without listeners rhea would print these, or throw them as errors of the container. */
const QUIET_EVENTS = [
  "connection_error",
  "connection_close",
  "disconnected",
  "receiver_error",
  "sender_error",
  "session_error",
];

const STOPPING = { condition: "amqp:connection:forced", description: "The server is stopping." };

export interface AmqpConnection {
  /** Resolves when the socket is closed and all that the client held is given back. */
  readonly closed: Promise<void>;
  /** Detaches the links, closes, and ends the socket at the latest after `grace` milliseconds. */
  close(grace: number): void;
  /** Ends the socket without a word. */
  cut(): void;
}

/**
 * Serves one client.
 * @param refusal Why the connection is closed as soon as it is open.
 * @param onClose Called once, when the socket is closed, with what went wrong if anything did.
 */
export function acceptConnection(
  service: Service,
  container: RheaContainer,
  socket: Socket,
  id: string,
  refusal: AmqpFault | undefined,
  onClose: (error: unknown) => void,
): AmqpConnection {
  let failure: unknown;
  const closed = Promise.withResolvers<void>();
  const cut = (): void => guarded.destroy();
  const links = createLinks(service, { cut });
  const guarded = new GuardedSocket(socket, fail, (error) => {
    links.dispose();
    onClose(failure ?? error);
    closed.resolve();
  });
  const connection: ServerConnection = container.create_connection({
    id,
    reconnect: false,
    max_frame_size: MAX_FRAME_SIZE,
    channel_max: MAX_CHANNEL,
    idle_time_out: IDLE_TIMEOUT,
    session_buffer_size: { outgoing: MAX_UNSETTLED },
  });

  /** Tells the client why its connection ends; rhea or the guarded socket ends it. */
  function fail(error: unknown): void {
    failure ??= error;
    const description = error instanceof Error ? error.message : String(error);
    connection.close({ condition: "amqp:connection:framing-error", description });
    connection._process();
  }

  connection.on("receiver_open", ({ receiver }: { receiver: IncomingLink }) => links.openIncoming(receiver));
  connection.on("sender_open", ({ sender }: { sender: OutgoingLink }) => links.openOutgoing(sender));
  connection.on("receiver_close", ({ receiver }: { receiver: IncomingLink }) => links.forget(receiver));
  connection.on("sender_close", ({ sender }: { sender: OutgoingLink }) => links.forget(sender));
  connection.on("session_close", ({ session }: { session: unknown }) => links.forgetSession(session));
  if (refusal !== undefined) connection.on("connection_open", () => connection.close(refusal));
  // What a handler of rhea throws comes here.
  connection.on("error", fail);
  connection.on("protocol_error", fail);
  for (const event of QUIET_EVENTS) connection.on(event, () => {});

  guardTransfers(connection, service.maxMessageSize);
  const process = connection._process.bind(connection);
  connection._process = () => {
    try {
      process();
    } catch (error) {
      // rhea runs this on a turn of its own, where a throw would end the whole server.
      failure ??= error;
      guarded.destroy();
    }
  };
  connection["accept"](guarded);

  return {
    closed: closed.promise,
    close(grace) {
      links.detachAll(STOPPING);
      connection.close(STOPPING);
      setTimeout(cut, grace).unref();
    },
    cut,
  };
}
