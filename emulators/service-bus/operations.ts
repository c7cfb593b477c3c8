import type { Operation, Perform } from "./amqp/service.ts";
import type { Namespace } from "./broker/namespace.ts";
import type { GroupCommit } from "./storage/group-commit.ts";

/** The one place through which everything reaches the broker, and where its answer is held until it is durable. */
export interface Operations {
  readonly perform: Perform;
  /** Does what has become due. */
  tick(): void;
}

export function createOperations(namespace: Namespace, group: GroupCommit): Operations {
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

  return {
    async perform<T>(_operation: Operation, run: () => T): Promise<T> {
      const result = apply(run);
      await group.committed();
      return result;
    },
    tick() {
      apply(() => {});
      void group.committed();
    },
  };
}
