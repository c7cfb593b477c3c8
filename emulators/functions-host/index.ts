export { ConfigurationError } from "./config/errors.ts";
export { HostError, type HostErrorCode } from "./errors.ts";
export { startFunctionsHost } from "./host.ts";
export type { Keys } from "./http/keys.ts";
export type { HostEvent, LogLine } from "./log.ts";
export type { FunctionSummary, FunctionsHost, FunctionsHostOptions } from "./options.ts";
export { surviveSdkRejections } from "./sdk-rejections.ts";
