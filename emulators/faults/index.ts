export { type Build, during, plan } from "./builder.ts";
export {
  type Controlled,
  countKinds,
  createFaultControl,
  type FaultControl,
  type FaultCounts,
} from "./control.ts";
export { createFaultEndpoint, type FaultState } from "./endpoint.ts";
export {
  createInjector,
  type Facts,
  type FaultOptions,
  type Injector,
  type OperationStep,
} from "./injector.ts";
export type { Firing, FromServer, Request, ToServer } from "./messages.ts";
export { isFaultMessage } from "./messages.ts";
export {
  type Fault,
  type FaultKind,
  faultKinds,
  noFaults,
  type Plan,
  PlanError,
  type PlanInput,
  parsePlan,
  type Rule,
  type RuleInput,
  readPlan,
  type Where,
} from "./plan.ts";
export { processFaults } from "./process.ts";
export { Lost, type Wire } from "./strike.ts";
export { errors, type FaultedServer, operations, serverNames } from "./vocabulary.ts";
