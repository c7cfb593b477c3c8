import type { RpcException } from "./worker/rpc.ts";

export type HostErrorCode =
  | "APP_NOT_LOADED"
  | "FUNCTION_FAILED"
  | "FUNCTION_TIMEOUT"
  | "WORKER_EXITED"
  | "HOST_STOPPED";

/** Why an invocation failed, or the app could not be started. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly code: HostErrorCode;
  /** What the function threw, as the worker reported it. */
  readonly exception: RpcException | undefined;

  constructor(code: HostErrorCode, message: string, exception?: RpcException) {
    super(message);
    this.code = code;
    this.exception = exception;
  }
}
