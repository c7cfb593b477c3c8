export type { SasKey } from "./amqp/sas.ts";
export type { BrokerEvent } from "./broker/message.ts";
export { ConfigError } from "./config/config.ts";
export { type ServiceBus, type ServiceBusEvent, type ServiceBusOptions, startServiceBus } from "./server.ts";
export type { ShownEvent, ShownMessage } from "./shown-event.ts";
