import type { Request } from "./messages.ts";
import type { Fault } from "./plan.ts";

/** What a server lends to a fault, for the one operation that it strikes. */
export interface Wire {
  /** The error of this name, as the server's own operations would throw it. */
  refuse(error: string | number): Error;
  /** Ends the connection of the client that asked, without a word. */
  cut(): void;
  /** Ends all connections of the server. */
  cutAll(): void;
  /** Lets the lock of the message or its session expire. Of Service Bus only. */
  loseLock?(): void;
  /** The functions host's: which instance runs the function. */
  readonly instance?: number;
}

/** The client's connection is gone: nobody waits for this operation's answer, and none may be made up. */
export class Lost extends Error {
  override name = "Lost";

  constructor() {
    super("a fault took the answer of this operation");
  }
}

/** What a fault needs of the injector. */
export interface Means {
  pause(milliseconds: number): Promise<void>;
  hold(atMost: number): Promise<void>;
  ask(request: Request): Promise<void>;
  moveClock(milliseconds: number): void;
}

/** Runs an operation with one fault. @throws Lost, the refusal, or what `apply` throws */
export async function strike<T>(fault: Fault, apply: () => Promise<T>, wire: Wire, means: Means): Promise<T> {
  switch (fault.kind) {
    case "refuse":
      throw wire.refuse(fault.error);
    case "delay":
      await means.pause(fault.milliseconds);
      return apply();
    case "hold":
      await means.hold(fault.atMost);
      if (fault.refuse !== undefined) throw wire.refuse(fault.refuse);
      return apply();
    case "reorder":
      await means.hold(fault.atMost);
      return apply();
    case "twice":
      await apply();
      return apply();
    case "loseLock":
      // Before a delivery reaches its client, or a settlement its message: either comes too late.
      wire.loseLock?.();
      return apply();
    case "clock":
      means.moveClock(fault.ahead);
      return apply();
    case "freezeWorker":
      await means.ask({ do: "freezeWorker", milliseconds: fault.milliseconds, instance: wire.instance });
      return apply();
    case "cut":
      wire.cutAll();
      throw new Lost();
    case "loseRequest":
      return lose(wire);
    case "loseAnswer":
      // An error is an answer, too.
      await apply().catch(() => {});
      return lose(wire);
    case "killWorker":
      if (fault.when === "after") await apply().catch(() => {});
      await means.ask({ do: "killWorker", instance: wire.instance });
      return lose(wire);
    case "killServer":
      if (fault.when === "after") await apply().catch(() => {});
      await means.ask({ do: "killServer", restartAfter: fault.restartAfter });
      return lose(wire);
  }
}

function lose(wire: Wire): never {
  wire.cut();
  throw new Lost();
}
