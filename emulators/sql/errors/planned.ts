import type { errors } from "../../faults/index.ts";
import { SqlError, sqlError } from "./sql-error.ts";

type Planned = (typeof errors.sql)[number];

/** An error that a fault plan names. */
export class PlannedError extends SqlError {}

const PLAN = "the fault plan";

const ARGUMENTS: Readonly<Record<Planned, (spid: number, database: string) => readonly (string | number)[]>> =
  {
    1205: (spid) => [spid, "lock"],
    1222: () => [],
    2601: () => [PLAN, PLAN, PLAN],
    2627: () => ["UNIQUE KEY", PLAN, PLAN, PLAN],
    3960: (_, database) => [PLAN, database],
    10928: () => [1, "request", 100],
    10929: () => [1, "request", 0, 100, 100, 100],
    40197: () => [40540],
    40501: () => [PLAN, 131075],
    40613: (_, database) => [database, "localhost", PLAN],
    49918: () => [],
  };

/** The error of this number, as it is told to the connection `spid`. */
export function plannedError(number: string | number, spid: number, database: string): PlannedError {
  const planned = number as Planned;
  const { message, severity } = sqlError(planned, ...ARGUMENTS[planned](spid, database));
  return new PlannedError(planned, message, { severity });
}
