import type { Consumer } from "../broker/message.ts";
import { faultOf, WireError } from "./conditions.ts";
import { describeRequest } from "./management-facts.ts";
import { OPERATIONS } from "./management-operations.ts";
import { decodeRequest, type ReplyLinks } from "./reply-link.ts";
import { type IncomingLink, types } from "./rhea.ts";
import type { RawMessage } from "./send-link.ts";
import type { Peer, Service } from "./service.ts";
import { settle } from "./settlement.ts";

/** An entity's `$management` node: requests beside the flow of messages. */
export function openManagementLink(
  service: Service,
  link: IncomingLink,
  connection: Peer,
  entity: string,
  replies: ReplyLinks,
  /** The consumer behind a receiving link of this connection. */
  consumerOf: (entity: string, linkName: unknown, sessionId: unknown) => Consumer | undefined,
): void {
  link.on("message", ({ message, delivery }: RawMessage) => {
    settle(link.connection, delivery, "accepted");
    const request = decodeRequest(message);
    const { operation, "associated-link-name": linkName } = request.application_properties ?? {};
    const body = isRecord(request.body) ? request.body : {};
    const answer = (status: number, description: string, more: object, content?: unknown): void =>
      replies.send(request.reply_to, {
        correlation_id: request.message_id,
        application_properties: {
          statusCode: types.wrap_int(status),
          statusDescription: description,
          ...more,
        },
        body: content,
      });
    const described = describeRequest(service.namespace, entity, operation, body);
    service
      .perform({ ...described, entity, connection }, () => {
        const run = OPERATIONS[String(operation)];
        if (run === undefined) {
          throw new WireError(
            "amqp:not-implemented",
            501,
            `The management operation '${operation}' is not supported.`,
          );
        }
        return run({
          namespace: service.namespace,
          entity,
          body,
          consumer: consumerOf(entity, linkName, body["session-id"]),
        });
      })
      .then(
        (content) => (content === undefined ? answer(204, "No Content", {}) : answer(200, "OK", {}, content)),
        (error: unknown) => {
          const { status, condition, description } = faultOf(error);
          answer(status, description, { errorCondition: types.wrap_symbol(condition) });
        },
      );
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
