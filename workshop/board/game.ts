import type { Invariant, Setup } from "../../model/index.ts";
import type { Break } from "./breaks.ts";
import type { Switch } from "./switches.ts";

/** Where a game leads: a text of the repository. */
export interface Lead {
  readonly text: string;
  /** Seen from the repository's root. */
  readonly file: string;
}

export interface Game {
  /** "G1": also the part of the address that opens it. */
  readonly id: string;
  readonly title: string;
  /** The rules at the beginning, in words. */
  readonly rules: string;
  readonly setup: Setup;
  /** For the facilitator: what to break. */
  readonly youBreak: string;
  readonly breaks: readonly Break[];
  /** The promise that the break ends with, broken. */
  readonly anomaly: Invariant;
  /** What the audience finds. */
  readonly discovery: string;
  readonly newRule: string;
  /** What the audience may decide; the first switch, in its second position, is the cure. */
  readonly switches: readonly Switch[];
  /** With the cure, no schedule with so many failures breaks a promise. */
  readonly bound: number;
  /** The promises that the checker looks at, where later games bring the rest. */
  readonly promises?: readonly Invariant[];
  readonly leadsTo: readonly Lead[];
}
