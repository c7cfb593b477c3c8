import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import type { FunctionDefinition, ServiceBusTrigger } from "../config/bindings.ts";
import { factsOfMessage } from "../faults.ts";
import type { ListenerContext } from "../listener.ts";
import { messageOf } from "../log.ts";
import { encodeBody, encodeTriggerMetadata } from "./encode.ts";
import { whileConnected } from "./settlement.ts";

export type ServiceBusFunction = FunctionDefinition<ServiceBusTrigger>;
type Settler = Pick<ServiceBusReceiver, "completeMessage" | "abandonMessage">;

/**
 * Runs the function for one message and settles it: a success completes it (unless autoCompleteMessages is
 * off), a failure gives it back at once. Never throws: a settlement that fails is a redelivery later.
 */
export async function handleMessage(
  definition: ServiceBusFunction,
  context: ListenerContext,
  receiver: Settler,
  message: ServiceBusReceivedMessage,
): Promise<void> {
  const { name, trigger } = definition;
  const { instance, emit } = context;
  const about = {
    type: "message" as const,
    instance: instance.number,
    functionName: name,
    messageId: message.messageId === undefined ? undefined : String(message.messageId),
    sessionId: message.sessionId,
    deliveryCount: (message.deliveryCount ?? 0) + 1,
  };
  emit({ ...about, action: "received" });
  const autoComplete =
    trigger.autoCompleteMessages ?? context.host.extensions.serviceBus.autoCompleteMessages;
  const succeeded = await context
    .invoke(instance, {
      functionName: name,
      input: { name: trigger.name, data: encodeBody(message, trigger.dataType) },
      triggerMetadata: encodeTriggerMetadata(message),
      traceParent: traceParentOf(message),
      facts: () => factsOfMessage(message),
      reason: `New ServiceBus message detected on '${trigger.address}'.`,
    })
    .then(
      () => true,
      () => false,
    );
  if (succeeded && !autoComplete) return;
  try {
    await whileConnected(message, () =>
      succeeded ? receiver.completeMessage(message) : receiver.abandonMessage(message),
    );
    emit({ ...about, action: succeeded ? "completed" : "abandoned" });
  } catch (error) {
    emit({ ...about, action: "settlementFailed" });
    context.log({
      level: "warning",
      category: "Host.ServiceBus",
      message: `Message ${about.messageId} of ${trigger.address} could not be ${succeeded ? "completed" : "abandoned"} and will be delivered again: ${messageOf(error)}`,
      instance: instance.number,
      functionName: name,
    });
  }
}

function traceParentOf(message: ServiceBusReceivedMessage): string | undefined {
  const { applicationProperties = {} } = message;
  const parent = applicationProperties["traceparent"] ?? applicationProperties["Diagnostic-Id"];
  return typeof parent === "string" ? parent : undefined;
}
