import { dirname } from "node:path";

/** The project's folder. */
export const root = dirname(import.meta.dirname);

/** Where the command was called: a path that a user gives is relative to it, though commands run at the root. */
export const calledFrom = process.cwd();
