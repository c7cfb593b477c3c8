import { z } from "zod";
import type { Point } from "./match.ts";
import type { FaultKind, Plan, Where } from "./plan.ts";
import type { Progress } from "./rules.ts";

/** What a server does not do to itself: it asks who started it. */
export type Request =
  | { readonly do: "killServer"; readonly restartAfter: number }
  | { readonly do: "killWorker"; readonly instance?: number | undefined }
  | { readonly do: "freezeWorker"; readonly milliseconds: number; readonly instance?: number | undefined };

/** A fault that struck. */
export interface Firing {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rule: string;
  readonly kind: FaultKind;
  /** What it struck: which operation of which server, which message, which copy. */
  readonly point: Omit<Point, "properties">;
}

/** From a server to who started it, as the event of a child process. */
export type FromServer = { readonly type: "faults" } & (
  | { readonly tell: "fired"; readonly firing: Firing }
  /** An operation that another server waits for is done. */
  | { readonly tell: "passed"; readonly watch: string }
  | {
      readonly tell: "asked";
      readonly id: number;
      readonly request: Request;
      /** Of the server's rules: it may be about to be killed. */
      readonly progress: Readonly<Record<string, Progress>>;
    }
  /** It has taken its plan or clock, or done what it was told to. */
  | { readonly tell: "did"; readonly id: number }
);

/** An operation that a rule of another server waits for; `id` is the rule's name. */
export interface Watch {
  readonly id: string;
  readonly at: Where;
}

/** From who started a server to the server. */
export type ToServer = { readonly type: "faults" } & (
  | {
      readonly tell: "plan";
      readonly id: number;
      readonly plan: Plan;
      /** How far each rule had come before the server was killed. */
      readonly progress: Readonly<Record<string, Progress>>;
      readonly watches: readonly Watch[];
    }
  /** What the rule's operations are held for has happened. */
  | { readonly tell: "release"; readonly rule: string }
  | { readonly tell: "answer"; readonly id: number }
  /** Milliseconds that the server's clock is ahead. */
  | { readonly tell: "clock"; readonly id: number; readonly ahead: number }
  /** To the functions host. */
  | { readonly tell: "do"; readonly id: number; readonly request: Request }
);

const OfFaults = z.looseObject({ type: z.literal("faults"), tell: z.string() });

/** Whether a message of the process channel is one of ours: both ends are this project's, so its form is trusted. */
export const isFaultMessage = <Message extends FromServer | ToServer>(value: unknown): value is Message =>
  OfFaults.safeParse(value).success;
