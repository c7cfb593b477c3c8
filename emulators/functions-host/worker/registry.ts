import type { FunctionMetadata, InvocationRequest, InvocationResponse, LogLevel } from "./rpc.ts";

/** What the app registered while it was loaded; one app per process, so this is the process's own state. */

export type FunctionCallback = (...args: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;
export type InvocationState = "preInvocationHooks" | "invocation" | "postInvocationHooks";

/** What the host side gives to the library for one invocation (`CoreInvocationContext` of the Node worker). */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: InvocationState | undefined;
  log(level: LogLevel, category: string, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export const HOOKS = ["preInvocation", "postInvocation", "appStart", "appTerminate"] as const;
export type HookName = (typeof HOOKS)[number];

export const functions = new Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>();
export const hooks: Record<HookName, HookCallback[]> = {
  preInvocation: [],
  postInvocation: [],
  appStart: [],
  appTerminate: [],
};

/** Shared by all hooks of the app, and by the app's own hooks only. */
export const appHookData: Record<string, unknown> = {};
export const appOnlyHookData: Record<string, unknown> = {};

export const app: {
  model: ProgrammingModel | undefined;
  started: boolean;
} = { model: undefined, started: false };

/** Runs the hooks of one name in the order of their registration; the first that throws ends it. */
export async function executeHooks(name: HookName, context: object): Promise<void> {
  for (const callback of hooks[name]) await callback(context);
}
