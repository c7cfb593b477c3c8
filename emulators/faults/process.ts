import { type Parent, report } from "../server-process/index.ts";
import type { FaultOptions } from "./injector.ts";
import { readPlan } from "./plan.ts";

/**
 * The faults of a server that is a process of its own: by a plan in a file, and as its parent says.
 * @throws PlanError
 */
export async function processFaults(parent: Parent, file: string | undefined): Promise<FaultOptions> {
  return {
    onMessage: parent.onMessage,
    // Run by hand there is nobody to ask.
    ...(process.send === undefined ? {} : { tell: report }),
    ...(file === undefined ? {} : { plan: await readPlan(file) }),
  };
}
