import type { Invariant, Setup } from "../../model/index.ts";
import type { Break } from "./breaks.ts";
import type { Switch } from "./switches.ts";

/** Where a game leads: a text of the repository. */
export interface Lead {
  readonly text: string;
  /** Seen from the repository's root. */
  readonly file: string;
}

/** What a table begins with, and what may be changed at it. */
export interface Situation {
  /** "G1": also the part of the address that opens it. */
  readonly id: string;
  readonly title: string;
  /** The rules at the beginning, in words. */
  readonly rules: string;
  readonly setup: Setup;
  /** What the audience may decide; of a game the first switch, in its second position, is the cure. */
  readonly switches: readonly Switch[];
  /** The failures that the checker tries; with a game's cure none of these schedules breaks a promise. */
  readonly bound: number;
  /** The promises that the checker looks at, where later games bring the rest. */
  readonly promises?: readonly Invariant[];
}

export interface Game extends Situation {
  /** For the facilitator: what to break. */
  readonly youBreak: string;
  readonly breaks: readonly Break[];
  /** The promise that the break ends with, broken. */
  readonly anomaly: Invariant;
  /** What the audience finds. */
  readonly discovery: string;
  readonly newRule: string;
  readonly leadsTo: readonly Lead[];
}
