import { type Injector, Lost, operations, type Wire } from "../faults/index.ts";
import { refusalOf } from "./amqp/refusals.ts";
import type { Operation, Service, StruckOperation } from "./amqp/service.ts";
import type { Namespace } from "./broker/namespace.ts";
import type { GroupCommit } from "./storage/group-commit.ts";

/**
 * The one place through which everything reaches the broker, where faults strike, and where an answer is held until
 * it is durable.
 */
export interface Operations extends Pick<Service, "perform" | "strike"> {
  /** Does what has become due. */
  tick(): void;
}

/** @param cutAll Ends all connections. */
export function createOperations(
  namespace: Namespace,
  group: GroupCommit,
  faults: Injector,
  cutAll: () => void,
): Operations {
  let running = false;

  /** What is due comes before what is asked; an operation that another one causes is part of it. */
  function apply<T>(run: () => T): T {
    if (running) return run();
    running = true;
    try {
      namespace.tick();
      return run();
    } finally {
      running = false;
    }
  }

  const wireOf = ({ entity, connection, loseLock }: StruckOperation): Wire => ({
    refuse: (name) => refusalOf(name, entity),
    cut: () => connection.cut(),
    cutAll() {
      cutAll();
      connection.cut();
    },
    loseLock() {
      if (loseLock !== undefined) apply(loseLock);
    },
  });

  function strike<T>(operation: StruckOperation, run: () => T | Promise<T>): Promise<T> {
    const { kind, entity, about = () => ({}) } = operation;
    const facts = () => [about()].flat().map((each) => ({ entity, ...each }));
    return faults.inject(kind, facts, run, wireOf(operation)).catch((error: unknown) => {
      if (error instanceof Lost) return new Promise<never>(() => {});
      throw error;
    });
  }

  return {
    strike,
    perform<T>(operation: Operation, run: () => T): Promise<T> {
      const performed = async (): Promise<T> => {
        const result = apply(run);
        await group.committed();
        return result;
      };
      return isStruck(operation) ? strike(operation, performed) : performed();
    },
    tick() {
      apply(() => {});
      void group.committed();
    },
  };
}

const STRUCK: ReadonlySet<string> = new Set(operations.serviceBus);
const isStruck = (operation: Operation): operation is StruckOperation => STRUCK.has(operation.kind);
