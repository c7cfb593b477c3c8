export { BrokenApp, type Problem } from "./build.ts";
export {
  type Check,
  CheckFailure,
  type CheckLab,
  check,
  type Document,
  fail,
  type OrderLab,
} from "./check.ts";
export { CustomerError } from "./customer.ts";
export { type Lab, type LabOptions, type RunResult, startLab } from "./lab.ts";
export type { CheckResult } from "./run-check.ts";
export type { TraceFact, TraceStep } from "./trace.ts";
