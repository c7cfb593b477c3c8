import { notFound } from "../broker/errors.ts";
import type { Consumer } from "../broker/message.ts";
import { type Address, parseAddress } from "./address.ts";
import { struckAttach } from "./attach.ts";
import { openCbsLink } from "./cbs.ts";
import { faultOf, WireError } from "./conditions.ts";
import { createGrants } from "./grants.ts";
import { openManagementLink } from "./management.ts";
import { openReceiveLink, type ReceiveLink } from "./receive-link.ts";
import { createReplyLinks } from "./reply-link.ts";
import type { IncomingLink, OutgoingLink } from "./rhea.ts";
import { openSendLink } from "./send-link.ts";
import type { Peer, Service } from "./service.ts";
import { requestSession, sessionFilter } from "./session-link.ts";

/** Links that one connection may have at a time. */
const MAX_LINKS = 1000;

type Link = IncomingLink | OutgoingLink;

/** The links of one connection. */
export interface Links {
  /** A client attached a link: it is opened or refused. */
  openIncoming(link: IncomingLink): void;
  openOutgoing(link: OutgoingLink): void;
  /** The link is gone; what it held in the broker is given back. */
  forget(link: Link): void;
  forgetSession(session: unknown): void;
  /** Detaches all, receivers first, so that nothing is delivered that could not be settled any more. */
  detachAll(error: { readonly condition: string; readonly description: string }): void;
  /** The connection is gone. */
  dispose(): void;
}

/** An open link, and what ends with it. */
interface OpenLink extends Address {
  readonly receive: ReceiveLink | undefined;
  sessionId: string | undefined;
  end(): void;
}

export function createLinks(service: Service, connection: Peer): Links {
  const replies = createReplyLinks();
  let disposed = false;
  const links = new Map<Link, OpenLink>();
  const grants = createGrants(service.now, () => {
    for (const [link, { entity, node }] of links) {
      if (node !== "$cbs" && !grants.allows(entity))
        refuse(link, unauthorized(entity, "The token has expired"));
    }
  });

  function forget(link: Link): void {
    links.get(link)?.end();
    links.delete(link);
    if (link.is_sender()) replies.remove(link as OutgoingLink);
  }

  function refuse(link: Link, error: unknown): void {
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
    const { entity, node } = parseAddress(address);
    if (node !== "$cbs" && !grants.allows(entity)) throw unauthorized(entity, "No valid token");
    if (links.size >= MAX_LINKS) {
      throw new WireError("amqp:resource-limit-exceeded", 403, `A connection can have ${MAX_LINKS} links.`);
    }
    return { entity, node };
  }

  function openIncoming(link: IncomingLink): void {
    const address = authorize(link.target?.address);
    const { entity, node } = address;
    echo(link);
    if (node === "$cbs") openCbsLink(service, link, connection, replies, grants.add);
    else if (node === "$management")
      openManagementLink(service, link, connection, entity, replies, consumerOf);
    else if (service.namespace.isTarget(entity)) openSendLink(service, link, connection, entity);
    else throw notFound(entity);
    links.set(link, { ...address, receive: undefined, sessionId: undefined, end: () => {} });
  }

  function openOutgoing(link: OutgoingLink): void {
    const address = authorize(link.source?.address);
    const { entity, node } = address;
    echo(link);
    if (node !== "entity") {
      replies.add(link);
      return;
    }
    const queue = service.namespace.queue(entity);
    const receive = openReceiveLink(service, link, connection, queue);
    const open: OpenLink = { ...address, receive, sessionId: undefined, end: receive.detach };
    links.set(link, open);
    const wanted = sessionFilter(link);
    if (wanted === undefined) {
      service
        .perform({ kind: "subscribe", entity, connection }, () => queue.addConsumer(receive.consumer))
        .catch((error: unknown) => refuse(link, error));
      return;
    }
    const cancel = requestSession(service, link, connection, receive, wanted, {
      granted(sessionId) {
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

  /** A refusal is told on the link; thrown on, it would end the connection. */
  const refusing =
    <L extends Link>(open: (link: L) => void) =>
    (link: L): void => {
      try {
        open(link);
      } catch (error) {
        refuse(link, error);
      }
    };

  const struck = struckAttach(service, connection, refuse, () => disposed);

  return {
    openIncoming: struck(refusing(openIncoming), ({ target }) => target?.address),
    openOutgoing: struck(refusing(openOutgoing), ({ source }) => source?.address),
    forget,
    forgetSession(session) {
      for (const link of [...links.keys()]) if (link.session === session) forget(link);
    },
    detachAll(error) {
      const receiversFirst = [...links].sort(
        ([, a], [, b]) => Number(b.receive !== undefined) - Number(a.receive !== undefined),
      );
      for (const [link] of receiversFirst) {
        forget(link);
        link.close(error);
      }
    },
    dispose() {
      disposed = true;
      grants.close();
      for (const link of [...links.keys()]) forget(link);
    },
  };
}

/** The answer to an attach repeats what the client asked for, unless it is refused. */
function echo(link: Link): void {
  const { attach } = link.local;
  attach.source = link.source;
  attach.target = link.target;
  attach.snd_settle_mode = link.snd_settle_mode;
  attach.rcv_settle_mode = link.rcv_settle_mode;
}

const unauthorized = (entity: string, why: string): WireError =>
  new WireError(
    "amqp:unauthorized-access",
    401,
    `${why} for '${entity}'. Put a token with the right key to $cbs first.`,
  );
