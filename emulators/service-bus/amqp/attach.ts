import { parseAddress } from "./address.ts";
import { type IncomingLink, type OutgoingLink, takeBackAttach } from "./rhea.ts";
import type { Peer, Service } from "./service.ts";

type Link = IncomingLink | OutgoingLink;

/**
 * Makes opening a link of an entity an operation that faults can strike; unless one does, it opens at once.
 * @param refuse Tells the client why not.
 * @param isGone Whether the connection has ended.
 */
export const struckAttach =
  (service: Service, connection: Peer, refuse: (link: Link, error: unknown) => void, isGone: () => boolean) =>
  <L extends Link>(open: (link: L) => void, addressOf: (link: L) => unknown) =>
  (link: L): void => {
    const entity = entityOf(addressOf(link));
    if (entity === undefined) {
      open(link);
      return;
    }
    let isOpen = false;
    let isLate = false;
    const openOnce = (): void => {
      if (isOpen || isGone() || !link.is_remote_open()) return;
      isOpen = true;
      if (isLate) link.open();
      open(link);
    };
    service
      .strike({ kind: "attach", entity, connection }, openOnce)
      .catch((error: unknown) => refuse(link, error));
    if (isOpen) return;
    isLate = true;
    takeBackAttach(link);
  };

/** The entity that a link with this address sends to or receives from. */
function entityOf(address: unknown): string | undefined {
  if (typeof address !== "string") return undefined;
  const { entity, node } = parseAddress(address);
  return node === "entity" ? entity : undefined;
}
