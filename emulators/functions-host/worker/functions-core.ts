/**
 * The module `@azure/functions-core`, which the real Node worker supplies by intercepting `require`
 * (`types-core/index.d.ts` of Azure/azure-functions-nodejs-worker). `worker.ts` resolves that name to this file.
 */
import { reply } from "./channel.ts";
import {
  app,
  type FunctionCallback,
  functions,
  HOOKS,
  type HookCallback,
  type HookName,
  hooks,
  type ProgrammingModel,
} from "./registry.ts";
import type { FunctionMetadata, LogLevel } from "./rpc.ts";

export const version = "3.13.0";
export const hostVersion = "4.1048.200";

/** A registration that can be taken back while the app is starting. */
export class Disposable {
  #dispose: (() => unknown) | undefined;

  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }

  static from(...disposables: { dispose: () => unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): void {
    this.#dispose?.();
    this.#dispose = undefined;
  }
}

export function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  if (app.started) throw new Error("A function can only be registered during app startup.");
  // The real worker lets the later one win in silence; two handlers under one name are always a mistake.
  if (functions.has(metadata.name)) {
    throw new Error(`A function named "${metadata.name}" is already registered; names are unique in an app.`);
  }
  functions.set(metadata.name, { metadata, callback });
  return new Disposable(() => {
    if (app.started) throw new Error("A function can only be disposed during app startup.");
    functions.delete(metadata.name);
  });
}

export function registerHook(name: string, callback: HookCallback): Disposable {
  if (!isHookName(name)) {
    // The library turns a RangeError with this mark into its own message.
    throw Object.assign(new RangeError(`Unrecognized hook "${name}"; supported: ${HOOKS.join(", ")}.`), {
      isAzureFunctionsSystemError: true,
    });
  }
  hooks[name].push(callback);
  return new Disposable(() => {
    hooks[name].splice(hooks[name].indexOf(callback) >>> 0, 1);
  });
}

export function setProgrammingModel(model: ProgrammingModel): void {
  app.model = model;
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return app.model;
}

/** A log line outside an invocation. */
export function log(level: LogLevel, category: string, message: string): void {
  reply({ type: "log", level, category: `Worker.${category}`, message });
}

const isHookName = (name: string): name is HookName => (HOOKS as readonly string[]).includes(name);
