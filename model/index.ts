/** The protocol as a model: what a checker explores, and what a board plays. See README.md. */
export { type Breach, breaches, brokenSetup } from "./breaches.ts";
export { type Command, type Filling, fillings } from "./business.ts";
export { describeState } from "./describe.ts";
export { type Bounds, type Progress, toTheEnd } from "./explore.ts";
export { type Invariant, invariants, type Violation, violations } from "./invariants.ts";
export { type LivenessVerdict, liveness } from "./liveness.ts";
export type { Act, Move, Role } from "./moves/move.ts";
export { isQuiet, movesOf } from "./moves.ts";
export { deepProofs, livenessBreach, livenessProofs, type Proof, quickProofs } from "./proofs.ts";
export { deadline, fence, production, type Rules } from "./rules.ts";
export type { Schedule } from "./schedule.ts";
export { type SearchOptions, search, type Verdict } from "./search.ts";
export { type FaultKind, faultKinds, problems, type Setup } from "./setup.ts";
export { atRest, initialState, type State } from "./state.ts";
export { sentenceOf, storyOf } from "./story.ts";
