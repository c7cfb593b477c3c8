/**
 * The typed data, bindings and requests that the real host and its Node worker exchange over gRPC, as far as
 * they are used here (FunctionRpc.proto; `types-core` of the Node worker).
 */

/** A value on its way to or from the worker: exactly one property is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
}

export interface Nullable<T> {
  readonly value?: T;
}

/** A request (method, url, nullable* and body) or a response (statusCode, headers, cookies and body). */
export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Readonly<Record<string, Nullable<string>>>;
  readonly nullableParams?: Readonly<Record<string, Nullable<string>>>;
  readonly nullableQuery?: Readonly<Record<string, Nullable<string>>>;
  readonly body?: TypedData;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpCookie[];
}

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: Nullable<{ readonly seconds?: number }>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  readonly sameSite?: "none" | "lax" | "strict" | "explicitNone";
  readonly maxAge?: Nullable<number>;
}

export interface BindingInfo {
  readonly type: string;
  readonly direction: "in" | "out" | "inout";
  readonly [property: string]: unknown;
}

/** Whole seconds: the library rounds what the program gave. */
export interface RpcDuration {
  readonly seconds?: number;
}

export interface RetryOptions {
  readonly maxRetryCount?: number;
  readonly retryStrategy?: string;
  readonly delayInterval?: RpcDuration;
  readonly minimumInterval?: RpcDuration;
  readonly maximumInterval?: RpcDuration;
}

/** What `@azure/functions` registers for a function. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, BindingInfo>>;
  readonly retryOptions?: RetryOptions;
}

export interface RpcException {
  readonly message: string;
  readonly stackTrace?: string;
  readonly source?: string;
}

export interface RetryContext {
  readonly retryCount: number;
  /** -1: for ever. */
  readonly maxRetryCount: number;
  readonly exception?: RpcException;
}

export interface TraceContext {
  readonly traceParent: string;
  readonly traceState: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ParameterBinding {
  readonly name: string;
  readonly data: TypedData;
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly ParameterBinding[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: TraceContext;
  readonly retryContext?: RetryContext;
}

export interface InvocationResponse {
  readonly invocationId: string;
  readonly outputData?: readonly ParameterBinding[];
  readonly returnValue?: TypedData | null;
}

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical" | "none";

/** From the host to a worker. */
export type ToWorker =
  | { readonly type: "load"; readonly appFolder: string }
  | { readonly type: "invoke"; readonly request: InvocationRequest }
  | { readonly type: "terminate" };

/** From a worker to the host. */
export type FromWorker =
  | { readonly type: "started" }
  | {
      readonly type: "loaded";
      readonly functions: readonly FunctionMetadata[];
      readonly capabilities: Readonly<Record<string, string>>;
    }
  | { readonly type: "loadFailed"; readonly message: string; readonly stack?: string }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly category: string;
      readonly message: string;
      readonly invocationId?: string;
      readonly functionName?: string;
    }
  | { readonly type: "succeeded"; readonly invocationId: string; readonly response: InvocationResponse }
  | { readonly type: "failed"; readonly invocationId: string; readonly exception: RpcException };
