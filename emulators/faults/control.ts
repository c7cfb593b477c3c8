import { type Firing, type FromServer, isFaultMessage, type Request, type ToServer } from "./messages.ts";
import { type FaultKind, noFaults, type Plan } from "./plan.ts";
import type { Progress } from "./rules.ts";
import type { FaultedServer } from "./vocabulary.ts";

/** A server as the control sees it: a process that can be told something, killed and started again. */
export interface Controlled {
  /** @returns false if it does not run, and will not hear of it */
  send(message: ToServer): boolean;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it on the same data and ports; resolves when it is ready. */
  start(): Promise<unknown>;
}

/** Where all servers' parts of the plan come together: it hands out the rules and keeps the one ordered log. */
export interface FaultControl {
  readonly plan: Plan;
  /** All that struck since the control was made, first to last; the number is its place. */
  readonly log: readonly (Firing & { readonly number: number })[];
  /**
   * Takes a plan in the place of the one before; counts begin anew. Resolves when every server that runs has it, so
   * that it holds for the next request; one that is started later gets it at its start.
   */
  setPlan(plan: Plan): Promise<void>;
  /** How often a rule of the plan has struck. */
  fired(rule: string): number;
  /** Names of the plan's rules that never struck. */
  unfired(): string[];
  /** Sets how far a server's clock is ahead, in milliseconds. Resolves when it is, or the server does not run. */
  setClock(server: FaultedServer, ahead: number): Promise<void>;
  /** Tells a server, which is being started, its part. */
  started(server: FaultedServer): void;
  /** A server's process has ended: there is nothing to wait for any more. */
  ended(server: FaultedServer): void;
  /** Handles an event of a server. @returns whether it was one about faults */
  receive(server: FaultedServer, event: unknown): boolean;
  /** Kills a server and starts it again on the same data. Resolves when it is ready. */
  restart(server: FaultedServer, after: number): Promise<void>;
  /** Lets no server be restarted any more. Resolves when none is being restarted. */
  close(): Promise<void>;
}

export interface FaultControlOptions {
  readonly servers: Readonly<Partial<Record<FaultedServer, Controlled>>>;
  /** A fault struck. */
  readonly onFired?: (firing: Firing) => void;
  /** A server that a fault had killed did not come back. */
  readonly onFailure: (error: unknown) => void;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export function createFaultControl(options: FaultControlOptions): FaultControl {
  const { servers, onFired = () => {}, onFailure, wait } = options;
  const names = Object.keys(servers) as FaultedServer[];
  let plan: Plan = noFaults;
  let progress: Record<string, Progress> = {};
  const clocks: Partial<Record<FaultedServer, number>> = {};
  const log: (Firing & { number: number })[] = [];
  const restarts = new Map<FaultedServer, Promise<void>>();
  let closed = false;
  /** What servers were told and have not confirmed yet. */
  const unconfirmed = new Map<number, { readonly server: FaultedServer; readonly confirm: () => void }>();
  let count = 0;

  const send = (server: FaultedServer, message: ToServer): boolean => servers[server]?.send(message) ?? false;

  function confirmed(id: number): void {
    unconfirmed.get(id)?.confirm();
    unconfirmed.delete(id);
  }

  /** Resolves when the server has confirmed it, has ended, or does not run. */
  function tell(server: FaultedServer, messageOf: (id: number) => ToServer): Promise<void> {
    const id = ++count;
    const { promise, resolve } = Promise.withResolvers<void>();
    unconfirmed.set(id, { server, confirm: resolve });
    if (!send(server, messageOf(id))) confirmed(id);
    return promise;
  }

  function tellPlan(server: FaultedServer): Promise<void> {
    const watches = plan.rules.flatMap(({ name, at, fault }) =>
      fault.kind === "hold" && fault.until.server === server && at.server !== server
        ? [{ id: name, at: fault.until }]
        : [],
    );
    return tell(server, (id) => ({ type: "faults", tell: "plan", id, plan, progress, watches }));
  }

  const tellClock = (server: FaultedServer, ahead: number): Promise<void> =>
    tell(server, (id) => ({ type: "faults", tell: "clock", id, ahead }));

  function restart(server: FaultedServer, after: number): Promise<void> {
    const controlled = servers[server];
    if (controlled === undefined || closed) return Promise.resolve();
    const running = restarts.get(server);
    if (running !== undefined) return running;
    const restarting = (async () => {
      await controlled.kill();
      await wait(after);
      if (!closed) await controlled.start();
    })()
      .catch(onFailure)
      .finally(() => restarts.delete(server));
    restarts.set(server, restarting);
    return restarting;
  }

  async function carryOut(server: FaultedServer, request: Request): Promise<void> {
    if (request.do === "killServer") return restart(server, request.restartAfter);
    // No host, no workers to kill.
    if (servers.host === undefined) return;
    await tell("host", (id) => ({ type: "faults", tell: "do", id, request }));
  }

  function handle(server: FaultedServer, message: FromServer): void {
    switch (message.tell) {
      case "fired": {
        const { firing } = message;
        const { matched = 0, fired = 0 } = progress[firing.rule] ?? {};
        progress[firing.rule] = { matched, fired: fired + 1 };
        log.push({ number: log.length + 1, ...firing });
        if (firing.kind === "clock") keepClock(server, firing.rule);
        onFired(firing);
        return;
      }
      case "passed": {
        const holding = plan.rules.find(({ name }) => name === message.watch);
        if (holding !== undefined)
          send(holding.at.server, { type: "faults", tell: "release", rule: message.watch });
        return;
      }
      case "asked":
        Object.assign(progress, message.progress);
        void carryOut(server, message.request).then(() =>
          send(server, { type: "faults", tell: "answer", id: message.id }),
        );
        return;
      case "did":
        confirmed(message.id);
    }
  }

  /** A restarted server goes on with the clock that a fault had moved. */
  function keepClock(server: FaultedServer, name: string): void {
    const fault = plan.rules.find((rule) => rule.name === name)?.fault;
    if (fault?.kind === "clock") clocks[server] = (clocks[server] ?? 0) + fault.ahead;
  }

  const fired = (rule: string): number => progress[rule]?.fired ?? 0;

  return {
    get plan() {
      return plan;
    },
    log,
    async setPlan(next) {
      plan = next;
      progress = {};
      await Promise.all(names.map(tellPlan));
    },
    fired,
    unfired: () => plan.rules.map(({ name }) => name).filter((name) => fired(name) === 0),
    setClock(server, ahead) {
      clocks[server] = ahead;
      return tellClock(server, ahead);
    },
    started(server) {
      void tellPlan(server);
      void tellClock(server, clocks[server] ?? 0);
    },
    ended(server) {
      for (const [id, waiting] of unconfirmed) if (waiting.server === server) confirmed(id);
    },
    receive(server, event) {
      if (!isFaultMessage<FromServer>(event)) return false;
      handle(server, event);
      return true;
    },
    restart,
    async close() {
      closed = true;
      await Promise.all(restarts.values());
    },
  };
}

export type FaultCounts = Partial<Record<FaultKind, number>>;

/** How often each kind struck. */
export function countKinds(log: readonly Firing[]): FaultCounts {
  const counts: FaultCounts = {};
  for (const { kind } of log) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
