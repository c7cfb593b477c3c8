import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { Facts, Injector, Request } from "../faults/index.ts";
import { HostError } from "./errors.ts";
import type { Instance } from "./instance.ts";
import type { InvocationResponse } from "./worker/rpc.ts";

/** Runs an invocation as the fault plan wants it. @throws HostError, or what it throws itself */
export type Strike = (
  instance: Instance,
  facts: () => Facts,
  run: () => Promise<InvocationResponse>,
) => Promise<InvocationResponse>;

/** @param cutAll ends the connections of all HTTP clients */
export const createStrike =
  (faults: Injector, cutAll: () => void): Strike =>
  (instance, facts, run) =>
    faults.inject("invoke", facts, run, {
      instance: instance.number,
      refuse: () => new HostError("FUNCTION_FAILED", "Refused by the fault plan"),
      // It has no connection of its own: it has failed, whoever waits for it.
      cut: () => {},
      cutAll,
    });

/** What befalls workers by a fault plan, here or at another server. Resolves when it has befallen them. */
export function createPerform(instances: readonly Instance[]) {
  const meant = (number: number | undefined): readonly Instance[] =>
    instances.filter((instance) => number === undefined || instance.number === number);
  return (request: Request): Promise<void> | undefined => {
    switch (request.do) {
      case "killWorker":
        return Promise.all(meant(request.instance).map((instance) => instance.kill())).then(() => {});
      case "freezeWorker":
        for (const instance of meant(request.instance)) instance.freeze(request.milliseconds);
        return Promise.resolve();
      case "killServer":
        return undefined;
    }
  };
}

/**
 * What a fault plan compares of a message: its type is the subject, else the application property `type`; its
 * aggregate the session's id, else the partition key.
 */
export function factsOfMessage(message: ServiceBusReceivedMessage): Facts {
  const { applicationProperties: properties = {}, subject, messageId, sessionId, partitionKey } = message;
  const { sequenceNumber } = message;
  return {
    messageType: subject ?? text(properties["type"]),
    messageId: messageId === undefined ? undefined : String(messageId),
    logicalId: text(properties["logicalId"]),
    properties,
    aggregate: sessionId ?? partitionKey,
    delivery: (message.deliveryCount ?? 0) + 1,
    sequence: sequenceNumber?.toNumber(),
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
