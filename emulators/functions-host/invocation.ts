import { randomBytes, randomUUID } from "node:crypto";
import type { Facts } from "../faults/index.ts";
import { HostError } from "./errors.ts";
import type { Strike } from "./faults.ts";
import type { Instance } from "./instance.ts";
import { type HostEvent, type Log, messageOf } from "./log.ts";
import type { InvocationSpan } from "./telemetry.ts";
import type {
  InvocationResponse,
  ParameterBinding,
  RetryContext,
  TraceContext,
  TypedData,
} from "./worker/rpc.ts";

/** What a listener hands to a function. */
export interface Invocation {
  readonly functionName: string;
  readonly input: ParameterBinding;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  /** W3C traceparent of what triggered the function, if it has one. */
  readonly traceParent?: string | undefined;
  readonly retryContext?: RetryContext;
  /** What a fault plan's rules compare, besides the function. */
  readonly facts?: () => Facts;
  /** For the events, of an HTTP request: "POST /api/orders/1/items". */
  readonly request?: string;
  /** For the log: "New ServiceBus message detected on 'orders'." */
  readonly reason: string;
}

/** Runs a function on one instance; the single place that every invocation of every trigger passes. */
export type Invoke = (instance: Instance, invocation: Invocation) => Promise<InvocationResponse>;

export interface InvokeOptions {
  readonly log: Log;
  readonly emit: (event: HostEvent) => void;
  readonly now: () => number;
  /** Milliseconds; Infinity for no limit. */
  readonly functionTimeout: number;
  /** Sends what the function put out; the invocation fails with it. */
  readonly sendOutputs: (
    instance: Instance,
    functionName: string,
    response: InvocationResponse,
  ) => Promise<void>;
  readonly strike: Strike;
  /** Told of each invocation when it has ended. */
  readonly onSpan?: (span: InvocationSpan) => void;
}

export function createInvoke(options: InvokeOptions): Invoke {
  const { log, emit, now, functionTimeout, sendOutputs, strike, onSpan = () => {} } = options;
  return async (instance, invocation) => {
    const { functionName } = invocation;
    const invocationId = randomUUID();
    const about = { instance: instance.number, functionName, invocationId };
    const told = invocation.request === undefined ? about : { ...about, request: invocation.request };
    const write = (level: "information" | "error", message: string): void =>
      log({ level, category: `Function.${functionName}`, message, ...about });
    const startedAt = now();
    const parent = TRACE_PARENT.test(invocation.traceParent ?? "") ? invocation.traceParent : undefined;
    const trace = traceContext(parent);
    const ended = (endedAt: number, failure: { error?: string } = {}): void => {
      const { traceParent } = trace;
      onSpan({ ...about, ...failure, parentTraceParent: parent, traceParent, startedAt, endedAt });
    };

    write(
      "information",
      `Executing 'Functions.${functionName}' (Reason='${invocation.reason}', Id=${invocationId})`,
    );
    emit({ type: "invocation", phase: "started", ...told });
    const run = async (): Promise<InvocationResponse> => {
      // The time is the function's own: a worker that is just replaced costs it nothing.
      await instance.ready();
      const response = await withinTimeout(instance, functionName, functionTimeout, () =>
        instance.invoke({
          invocationId,
          functionId: functionName,
          inputData: [invocation.input],
          triggerMetadata: invocation.triggerMetadata,
          traceContext: trace,
          ...(invocation.retryContext === undefined ? {} : { retryContext: invocation.retryContext }),
        }),
      );
      await sendOutputs(instance, functionName, response);
      return response;
    };
    try {
      const response = await strike(instance, () => ({ ...invocation.facts?.(), entity: functionName }), run);
      const milliseconds = now() - startedAt;
      write(
        "information",
        `Executed 'Functions.${functionName}' (Succeeded, Id=${invocationId}, Duration=${milliseconds}ms)`,
      );
      emit({ type: "invocation", phase: "succeeded", ...told, milliseconds });
      ended(startedAt + milliseconds);
      return response;
    } catch (error) {
      const milliseconds = now() - startedAt;
      const detail =
        error instanceof HostError ? (error.exception?.stackTrace ?? error.message) : messageOf(error);
      write(
        "error",
        `Executed 'Functions.${functionName}' (Failed, Id=${invocationId}, Duration=${milliseconds}ms) ${detail}`,
      );
      emit({ type: "invocation", phase: "failed", ...told, milliseconds, error: messageOf(error) });
      ended(startedAt + milliseconds, { error: messageOf(error) });
      throw error;
    }
  };
}

/** What a timer can wait, in milliseconds: 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * An invocation over its time can't be stopped in its process, so the worker is replaced, as the real host does:
 * whatever else runs in it fails too.
 */
async function withinTimeout<T>(
  instance: Instance,
  functionName: string,
  milliseconds: number,
  run: () => Promise<T>,
): Promise<T> {
  if (milliseconds > LONGEST_TIMER) return run();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new HostError(
          "FUNCTION_TIMEOUT",
          `Timeout value of ${milliseconds} ms was exceeded by function: Functions.${functionName}`,
        ),
      );
      void instance.kill();
    }, milliseconds);
  });
  try {
    return await Promise.race([run(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})/;

/** The invocation's own span in the trace of what triggered it, or in a new trace. */
function traceContext(parent: string | undefined): TraceContext {
  const [, traceId = randomBytes(16).toString("hex"), flags = "01"] = TRACE_PARENT.exec(parent ?? "") ?? [];
  return {
    traceParent: `00-${traceId}-${randomBytes(8).toString("hex")}-${flags}`,
    traceState: "",
    attributes: {},
  };
}
