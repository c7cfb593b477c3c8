import { reply } from "./channel.ts";
import {
  app,
  appHookData,
  type CoreInvocationContext,
  executeHooks,
  type FunctionCallback,
  functions,
  type InvocationState,
} from "./registry.ts";
import type { InvocationRequest, InvocationResponse, LogLevel, RpcException } from "./rpc.ts";

/** Runs one invocation with its hooks, in the real worker's order (`InvocationHandler`). */
export async function invoke(request: InvocationRequest): Promise<InvocationResponse> {
  const registered = functions.get(request.functionId);
  if (registered === undefined || app.model === undefined) {
    throw new Error(`Function code for '${request.functionId}' is not loaded and cannot be invoked.`);
  }
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request,
    metadata: registered.metadata,
    log: (level: LogLevel, _category: string, message: string) =>
      reply({
        type: "log",
        level,
        category: `${request.functionId}.Invocation`,
        message,
        invocationId: request.invocationId,
        functionName: request.functionId,
      }),
  };
  const model = await app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const hookData = {};

  const pre: PreContext = {
    hookData,
    appHookData,
    invocationContext: context,
    inputs,
    functionCallback: registered.callback,
  };
  await during(core, "preInvocationHooks", () => executeHooks("preInvocation", pre));

  const post: PostContext = {
    hookData,
    appHookData,
    invocationContext: context,
    inputs: pre.inputs,
    result: null,
    error: null,
  };
  try {
    post.result = await during(core, "invocation", () =>
      model.invokeFunction(context, pre.inputs, pre.functionCallback),
    );
  } catch (error) {
    post.error = error ?? new Error(`The function threw ${error}`);
  }
  await during(core, "postInvocationHooks", () => executeHooks("postInvocation", post));
  // A hook that clears the error turns the failure into a success.
  if (post.error !== null && post.error !== undefined) throw post.error;

  return model.getResponse(context, post.result);
}

/** Class, code and cause of an error do not survive the way to the host, except in the stack. */
export function toException(thrown: unknown): RpcException {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { message: error.message, ...(error.stack === undefined ? {} : { stackTrace: error.stack }) };
}

interface PreContext {
  readonly hookData: object;
  readonly appHookData: object;
  readonly invocationContext: unknown;
  inputs: unknown[];
  functionCallback: FunctionCallback;
}

interface PostContext {
  readonly hookData: object;
  readonly appHookData: object;
  readonly invocationContext: unknown;
  inputs: unknown[];
  result: unknown;
  error: unknown;
}

async function during<T>(
  core: CoreInvocationContext,
  state: InvocationState,
  action: () => Promise<T>,
): Promise<T> {
  core.state = state;
  try {
    return await action();
  } finally {
    core.state = undefined;
  }
}
