import type { ServiceBusMessage } from "@azure/service-bus";
import type { ServiceBusOutput } from "../config/bindings.ts";
import type { Settings } from "../config/settings.ts";
import type { InvocationResponse, TypedData } from "../worker/rpc.ts";
import type { ServiceBusClients } from "./clients.ts";

/**
 * Sends what a function returned for its Service Bus outputs, before its HTTP answer goes out.
 * @throws what the client throws: the invocation has failed then, as in the real host
 */
export async function sendOutputs(
  outputs: readonly ServiceBusOutput[],
  response: InvocationResponse,
  settings: Settings,
  clients: ServiceBusClients,
): Promise<void> {
  for (const { name, connection, entity } of outputs) {
    const value =
      name === "$return"
        ? response.returnValue
        : response.outputData?.find((output) => output.name === name)?.data;
    const messages = encodeOutput(value);
    if (messages.length === 0) continue;
    const connectionString = settings.connectionString(connection, `Output "${name}"`);
    await clients.sender(connectionString, entity).sendMessages(messages);
  }
}

/** A JSON array is one message for each element; everything is sent as text/plain, like the extension does it. */
export function encodeOutput(value: TypedData | null | undefined): ServiceBusMessage[] {
  if (value === null || value === undefined) return [];
  if (value.bytes !== undefined)
    return [{ body: Buffer.from(value.bytes), contentType: "application/octet-stream" }];
  if (value.json !== undefined) {
    const content: unknown = JSON.parse(value.json);
    return (Array.isArray(content) ? content : [content]).map((element: unknown) =>
      textMessage(typeof element === "string" ? element : JSON.stringify(element)),
    );
  }
  const content = value.string ?? value.int ?? value.double;
  return content === undefined ? [] : [textMessage(String(content))];
}

/** A Buffer is sent as it is; a string would be sent as JSON, with quotes. */
const textMessage = (content: string): ServiceBusMessage => ({
  body: Buffer.from(content),
  contentType: "text/plain",
});
