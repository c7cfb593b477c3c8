export { ConfigurationError } from "./config/errors.ts";
export { HostError, type HostErrorCode } from "./errors.ts";
export {
  type FunctionSummary,
  type FunctionsHost,
  type FunctionsHostOptions,
  startFunctionsHost,
} from "./host.ts";
export type { Keys } from "./http/keys.ts";
export type { HostEvent, LogLine } from "./log.ts";
