import { setTimeout as sleep } from "node:timers/promises";
import { matches, type Point } from "./match.ts";
import {
  type Firing,
  type FromServer,
  isFaultMessage,
  type Request,
  type ToServer,
  type Watch,
} from "./messages.ts";
import { noFaults, type Plan, type Rule } from "./plan.ts";
import { countRules, type Progress } from "./rules.ts";
import { strike, type Wire } from "./strike.ts";
import type { FaultedServer } from "./vocabulary.ts";

/** The facts of an operation, but for its name and server. */
export type Facts = Omit<Point, "server" | "operation">;

/** One server's part in the plan: every operation of the server runs through it. */
export interface Injector {
  /** The server's clock: `now`, and as far ahead as a fault has moved it. */
  now(): number;
  /**
   * Runs an operation as the plan wants it. Without a rule for this operation `run` is called at once.
   * @param facts called only when a rule could match; of an operation about several messages: of each of them
   * @param run applies the operation; resolves when it is durable
   * @throws what `run` throws, the wire's refusal, or Lost when nobody waits for an answer any more
   */
  inject<T>(
    operation: string,
    facts: () => Facts | readonly Facts[],
    run: () => T | Promise<T>,
    wire: Wire,
  ): Promise<T>;
  /** Takes a plan in the place of the one before; what is held by the old one goes on. */
  setPlan(plan: Plan): void;
  /** Handles a message of who started the server. @returns whether it was one about faults */
  receive(message: unknown): boolean;
  /** Calls `moved` each time the server's clock has been set: what is due by it is due now. */
  onClock(moved: () => void): void;
  /** Ends all waiting. */
  close(): void;
}

/** How a server comes to its faults; whoever starts it says so. */
export interface FaultOptions {
  /** Strikes from the start. */
  readonly plan?: Plan;
  /** Tells who started the server; without it, faults that need somebody else end this process or do nothing. */
  readonly tell?: (message: FromServer) => void;
  /** Hands over what who started the server says, from now on. */
  readonly onMessage?: (handle: (message: unknown) => void) => void;
  /** Hears of every operation, whether or not a fault strikes it: for whoever shows what goes over the wire. */
  readonly onOperation?: (step: OperationStep) => void;
}

/** An operation begins, is answered, or ends without an answer: refused, or its connection lost. */
export interface OperationStep {
  readonly phase: "begun" | "answered" | "failed";
  /** One number for all steps of one operation. */
  readonly operation: number;
  /** Several, if the operation is about several messages. */
  readonly points: readonly Point[];
  readonly error?: unknown;
}

export interface InjectorOptions extends FaultOptions {
  readonly server: FaultedServer;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Carries out what the server can do itself. @returns undefined for what it can't */
  readonly perform?: (request: Request) => Promise<void> | undefined;
}

export function createInjector(options: InjectorOptions): Injector {
  const { server, now = Date.now, tell, perform } = options;
  let plan: Plan = noFaults;
  let rules = countRules(plan);
  let watches: readonly Watch[] = [];
  let concerned = new Set<string>();
  let ahead = 0;
  let moved = (): void => {};
  let asked = 0;
  let observedCount = 0;
  const ended = new AbortController();
  /** What is held, by rule. */
  const held = new Map<string, Set<{ readonly point: Point; readonly release: () => void }>>();
  const answers = new Map<number, () => void>();

  function adopt(next: Plan, progress: Readonly<Record<string, Progress>>, others: readonly Watch[]): void {
    plan = { ...next, rules: next.rules.filter(({ at }) => at.server === server) };
    rules = countRules(plan, progress);
    watches = others;
    concerned = concern(
      [
        ...plan.rules.map(({ at }) => at),
        ...plan.rules.flatMap(({ fault }) => (fault.kind === "hold" ? [fault.until] : [])),
        ...watches.map(({ at }) => at),
      ].filter((where) => where.server === server),
    );
    for (const name of held.keys()) release(name);
  }

  function release(rule: string): void {
    for (const waiting of held.get(rule) ?? []) waiting.release();
  }

  /** Waits until released, or for a time. */
  async function hold(rule: string, point: Point, atMost: number): Promise<void> {
    const over = new AbortController();
    const waiting = { point, release: () => over.abort() };
    const line = held.get(rule) ?? new Set();
    held.set(rule, line.add(waiting));
    await pause(atMost, over.signal);
    line.delete(waiting);
  }

  /** @param early ends it before its time */
  async function pause(milliseconds: number, early?: AbortSignal): Promise<void> {
    const signal = early === undefined ? ended.signal : AbortSignal.any([ended.signal, early]);
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }

  /** An operation is done: whoever waited for it goes on. */
  function passed(point: Point): void {
    for (const { name, fault } of plan.rules) {
      if (fault.kind === "hold" && matches(fault.until, point)) release(name);
      if (fault.kind !== "reorder") continue;
      for (const waiting of held.get(name) ?? []) {
        if (waiting.point.operation === point.operation && waiting.point.entity === point.entity)
          waiting.release();
      }
    }
    for (const { id, at } of watches) {
      if (matches(at, point)) tell?.({ type: "faults", tell: "passed", watch: id });
    }
  }

  function setClock(milliseconds: number): void {
    ahead = milliseconds;
    moved();
  }

  function ask(request: Request): Promise<void> {
    const own = perform?.(request);
    if (own !== undefined) return own;
    if (ended.signal.aborted) return Promise.resolve();
    if (tell === undefined) {
      // Nobody who could start it again: it ends as hard as it was asked to.
      if (request.do === "killServer") process.kill(process.pid, "SIGKILL");
      return Promise.resolve();
    }
    const id = ++asked;
    const answered = new Promise<void>((resolve) => answers.set(id, resolve));
    tell({ type: "faults", tell: "asked", id, request, progress: rules.progress() });
    return answered;
  }

  function report({ name, fault }: Rule, { properties: _, ...point }: Point): void {
    const firing: Firing = { at: now(), rule: name, kind: fault.kind, point };
    tell?.({ type: "faults", tell: "fired", firing });
  }

  /** Tells `onOperation` about an operation. */
  const observed =
    (tellStep: (step: OperationStep) => void): Injector["inject"] =>
    async (operation, facts, run, wire) => {
      const points = [facts()].flat().map((each): Point => ({ ...each, server, operation }));
      const about = { operation: ++observedCount, points };
      tellStep({ phase: "begun", ...about });
      try {
        const result = await inject(operation, facts, run, wire);
        tellStep({ phase: "answered", ...about });
        return result;
      } catch (error) {
        tellStep({ phase: "failed", ...about, error });
        throw error;
      }
    };

  const inject: Injector["inject"] = async (operation, facts, run, wire) => {
    if (!concerned.has(operation) && !concerned.has(ANY)) return run();
    const points = [facts()].flat().map((each): Point => ({ ...each, server, operation }));
    const strikes = rules.strikes(...points);
    const apply = async () => {
      const result = await run();
      for (const point of points) passed(point);
      return result;
    };
    if (strikes === undefined) return apply();
    const { rule, point } = strikes;
    report(rule, point);
    return strike(rule.fault, apply, wire, {
      pause,
      hold: (atMost) => hold(rule.name, point, atMost),
      ask,
      moveClock: (milliseconds) => setClock(ahead + milliseconds),
    });
  };

  const did = (id: number): void => tell?.({ type: "faults", tell: "did", id });

  const injector: Injector = {
    now: () => now() + ahead,
    inject: options.onOperation === undefined ? inject : observed(options.onOperation),
    setPlan: (next) => adopt(next, {}, []),
    receive(message) {
      if (!isFaultMessage<ToServer>(message)) return false;
      switch (message.tell) {
        case "plan":
          adopt(message.plan, message.progress, message.watches);
          did(message.id);
          break;
        case "clock":
          setClock(message.ahead);
          did(message.id);
          break;
        case "do":
          void Promise.resolve(perform?.(message.request)).then(() => did(message.id));
          break;
        case "release":
          release(message.rule);
          break;
        case "answer":
          answers.get(message.id)?.();
          answers.delete(message.id);
      }
      return true;
    },
    onClock(next) {
      moved = next;
    },
    close() {
      ended.abort();
      for (const answer of answers.values()) answer();
    },
  };
  if (options.plan !== undefined) injector.setPlan(options.plan);
  options.onMessage?.((message) => void injector.receive(message));
  return injector;
}

const ANY = "*";

const concern = (places: readonly { operation?: string | readonly string[] | undefined }[]): Set<string> =>
  new Set(places.flatMap(({ operation }) => operation ?? ANY));
