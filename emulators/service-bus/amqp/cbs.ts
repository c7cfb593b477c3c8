import { faultOf } from "./conditions.ts";
import { decodeRequest, type ReplyLinks } from "./reply-link.ts";
import { type IncomingLink, types } from "./rhea.ts";
import { type Grant, TokenError, verifyToken } from "./sas.ts";
import type { RawMessage } from "./send-link.ts";
import type { Peer, Service } from "./service.ts";
import { settle } from "./settlement.ts";

/** Claims-based security: a client puts a token for each entity before it opens a link to it. */
export function openCbsLink(
  service: Service,
  link: IncomingLink,
  connection: Peer,
  replies: ReplyLinks,
  grant: (grant: Grant) => void,
): void {
  link.on("message", ({ message, delivery }: RawMessage) => {
    settle(link.connection, delivery, "accepted");
    const request = decodeRequest(message);
    const { operation, name } = request.application_properties ?? {};
    const answer = (status: number, description: string): void =>
      replies.send(request.reply_to, {
        correlation_id: request.message_id,
        application_properties: { "status-code": types.wrap_int(status), "status-description": description },
      });
    service
      .perform({ kind: "putToken", entity: String(name), connection }, () => {
        if (operation !== "put-token")
          throw new TokenError(400, `$cbs knows the operation put-token, not '${operation}'.`);
        grant(verifyToken(String(request.body), String(name), service.key, service.now()));
      })
      .then(
        () => answer(202, "Accepted"),
        (error: unknown) => answer(faultOf(error).status, faultOf(error).description),
      );
  });
}
