import { type RetryOptions, ServiceBusClient } from "@azure/service-bus";
import { type ServiceBus, type ServiceBusEvent, type ServiceBusOptions, startServiceBus } from "./index.ts";

export interface TestBed {
  readonly server: ServiceBus;
  readonly client: ServiceBusClient;
  readonly events: ServiceBusEvent[];
  /** Moves the server's clock on. */
  advance(milliseconds: number): void;
  close(): Promise<void>;
}

/** An unmodified SDK client that does not hide failures behind retries. */
export const connect = (server: ServiceBus, retryOptions: RetryOptions = {}): ServiceBusClient =>
  new ServiceBusClient(server.connectionString, { retryOptions: { maxRetries: 0, ...retryOptions } });

/** A server with a clock that can be moved, and an unmodified SDK client. */
export async function startTestBed(
  config: object,
  options: Partial<ServiceBusOptions> = {},
): Promise<TestBed> {
  let offset = 0;
  const events: ServiceBusEvent[] = [];
  const server = await startServiceBus({
    config,
    now: () => Date.now() + offset,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  const client = connect(server);
  return {
    server,
    client,
    events,
    advance(milliseconds) {
      offset += milliseconds;
    },
    async close() {
      await client.close();
      await server.close();
    },
  };
}
