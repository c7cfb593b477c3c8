import type { Socket } from "node:net";
import { BrokerError } from "../broker/errors.ts";
import type { Consumer } from "../broker/message.ts";
import { type Address, parseAddress } from "./address.ts";
import { openCbsLink } from "./cbs.ts";
import { faultOf, WireError } from "./conditions.ts";
import { MAX_FRAME_SIZE } from "./frame-guard.ts";
import { createGrants } from "./grants.ts";
import { GuardedSocket, IDLE_TIMEOUT } from "./guarded-socket.ts";
import { openManagementLink } from "./management.ts";
import { MAX_UNSETTLED, openReceiveLink, type ReceiveLink } from "./receive-link.ts";
import { createReplyLinks } from "./reply-link.ts";
import type { IncomingLink, OutgoingLink, RheaContainer, ServerConnection } from "./rhea.ts";
import { openSendLink } from "./send-link.ts";
import type { Service } from "./service.ts";
import { requestSession, sessionFilter } from "./session-link.ts";
import { guardTransfers } from "./transfers.ts";

/** The highest number of an AMQP session, as in Azure. */
const MAX_CHANNEL = 4999;

/** Links that one connection may have at a time. */
const MAX_LINKS = 1000;

const QUIET_EVENTS = [
  "connection_error",
  "connection_close",
  "disconnected",
  "receiver_error",
  "sender_error",
  "session_error",
];

export interface AmqpConnection {
  readonly id: string;
  /** Detaches the links, receivers first, closes, and ends the socket at the latest after `grace` milliseconds. */
  close(grace: number): void;
}

/** An open link of an entity, and what ends with it. */
interface OpenLink {
  readonly entity: string;
  readonly receive: ReceiveLink | undefined;
  sessionId: string | undefined;
  end(): void;
}

/** Serves one client. @param onClose Called once, when the socket is closed, with what went wrong if anything did. */
export function acceptConnection(
  service: Service,
  container: RheaContainer,
  socket: Socket,
  id: string,
  onClose: (error: unknown) => void,
): AmqpConnection {
  const replies = createReplyLinks();
  let failure: unknown;
  const links = new Map<IncomingLink | OutgoingLink, OpenLink>();
  const grants = createGrants(service.now, () => {
    for (const [link, { entity }] of links) {
      if (!grants.allows(entity)) refuse(link, unauthorized(entity, "The token has expired"));
    }
  });

  const guarded = new GuardedSocket(socket, fail, (error) => {
    grants.close();
    for (const link of [...links.keys()]) forget(link);
    onClose(failure ?? error);
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

  function forget(link: IncomingLink | OutgoingLink): void {
    links.get(link)?.end();
    links.delete(link);
    replies.remove(link as OutgoingLink);
  }

  function refuse(link: IncomingLink | OutgoingLink, error: unknown): void {
    forget(link);
    if (!link.is_remote_open()) return;
    const { condition, description } = faultOf(error);
    // An attach that is refused names no terminus (AMQP 1.0, section 2.6.3); one already answered stays as it is.
    Object.assign(link.local.attach, { source: undefined, target: undefined });
    link.open();
    link.close({ condition, description });
  }

  /** The node that a link wants, if the client may have it. */
  function authorize(address: unknown): Address {
    if (typeof address !== "string") {
      throw new WireError(
        "amqp:not-implemented",
        501,
        "Expected the address of an entity; transactions are not supported.",
      );
    }
    const wanted = parseAddress(address);
    if (wanted.node !== "$cbs" && !grants.allows(wanted.entity))
      throw unauthorized(wanted.entity, "No valid token");
    if (links.size >= MAX_LINKS) {
      throw new WireError("amqp:resource-limit-exceeded", 403, `A connection can have ${MAX_LINKS} links.`);
    }
    return wanted;
  }

  function openIncoming(link: IncomingLink): void {
    const { entity, node } = authorize(link.target?.address);
    echoTermini(link);
    const open: OpenLink = { entity, receive: undefined, sessionId: undefined, end: () => {} };
    if (node === "$cbs") openCbsLink(service, link, id, replies, (grant) => grants.add(grant));
    else if (node === "$management") openManagementLink(service, link, id, entity, replies, consumerOf);
    else {
      if (!service.namespace.isTarget(entity)) throw notFound(entity);
      openSendLink(service, link, id, entity);
    }
    links.set(link, open);
  }

  function openOutgoing(link: OutgoingLink): void {
    const { entity, node } = authorize(link.source?.address);
    echoTermini(link);
    if (node !== "entity") {
      replies.add(link);
      return;
    }
    const queue = service.namespace.queue(entity);
    const receive = openReceiveLink(service, link, id, queue);
    const open: OpenLink = { entity, receive, sessionId: undefined, end: receive.detach };
    links.set(link, open);
    const filter = sessionFilter(link);
    if (filter === undefined) {
      service
        .perform({ kind: "attach", entity, connection: id }, () => queue.addConsumer(receive.consumer))
        .catch((error) => refuse(link, error));
      return;
    }
    const cancel = requestSession(service, link, id, receive, filter, {
      granted: (sessionId) => {
        open.sessionId = sessionId;
      },
      refused: (error) => refuse(link, error),
    });
    open.end = () => {
      cancel();
      receive.detach();
    };
  }

  /** Who asks in a management request: the link it names, else the one that holds its session. */
  function consumerOf(entity: string, linkName: unknown, sessionId: unknown): Consumer | undefined {
    for (const [link, { entity: other, receive, sessionId: held }] of links) {
      const asks =
        typeof linkName === "string" ? link.name === linkName : held !== undefined && held === sessionId;
      if (asks && other === entity) return receive?.consumer;
    }
    return undefined;
  }

  const opening =
    <L extends IncomingLink | OutgoingLink>(open: (link: L) => void) =>
    (link: L): void => {
      try {
        open(link);
      } catch (error) {
        refuse(link, error);
      }
    };
  const openOne = { incoming: opening(openIncoming), outgoing: opening(openOutgoing) };
  connection.on("receiver_open", ({ receiver }: { receiver: IncomingLink }) => openOne.incoming(receiver));
  connection.on("sender_open", ({ sender }: { sender: OutgoingLink }) => openOne.outgoing(sender));
  connection.on("receiver_close", ({ receiver }: { receiver: IncomingLink }) => forget(receiver));
  connection.on("sender_close", ({ sender }: { sender: OutgoingLink }) => forget(sender));
  connection.on("session_close", ({ session }: { session: unknown }) => {
    for (const link of [...links.keys()]) if (link.session === session) forget(link);
  });
  // What a handler of rhea throws comes here; rhea then ends the socket, and there everything is given back.
  connection.on("error", fail);
  connection.on("protocol_error", fail);
  // Without listeners rhea would print these, or throw them as errors of the container.
  for (const event of QUIET_EVENTS) connection.on(event, () => {});
  guardTransfers(connection, service.maxMessageSize);
  const process = connection._process.bind(connection);
  connection._process = () => {
    try {
      process();
    } catch {
      // rhea calls this on a timer's turn, where a throw would end the whole server.
      guarded.destroy();
    }
  };
  connection["accept"](guarded);

  return {
    id,
    close(grace) {
      const receiversFirst = [...links].sort(
        ([, a], [, b]) => Number(b.receive !== undefined) - Number(a.receive !== undefined),
      );
      for (const [link] of receiversFirst) {
        forget(link);
        link.close({ condition: "amqp:connection:forced", description: "The server is stopping." });
      }
      connection.close({ condition: "amqp:connection:forced", description: "The server is stopping." });
      setTimeout(() => guarded.destroy(), grace).unref();
    },
  };
}

/** The answer to an attach repeats what the client asked for, unless it is refused. */
function echoTermini(link: IncomingLink | OutgoingLink): void {
  const { attach } = link.local;
  attach.source = link.source;
  attach.target = link.target;
  attach.snd_settle_mode = link.snd_settle_mode;
  attach.rcv_settle_mode = link.rcv_settle_mode;
}

const notFound = (entity: string): BrokerError =>
  new BrokerError("entity-not-found", `The messaging entity '${entity}' could not be found.`);

const unauthorized = (entity: string, why: string): WireError =>
  new WireError(
    "amqp:unauthorized-access",
    401,
    `${why} for '${entity}'. Put a token with the right key to $cbs first.`,
  );
