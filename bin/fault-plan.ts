import { resolve } from "node:path";
import { type Plan, PlanError, readPlan } from "../emulators/faults/index.ts";
import { UsageError } from "./command.ts";
import { calledFrom } from "./root.ts";

/**
 * Reads a fault plan that was named on the command line.
 * @throws UsageError
 */
export async function planFrom(file: string): Promise<Plan> {
  try {
    return await readPlan(resolve(calledFrom, file));
  } catch (error) {
    if (error instanceof PlanError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
