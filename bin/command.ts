/** What a module in bin/commands/ exports. */
export interface CommandModule {
  /** What `pierogi help <name>` prints: the forms of the command, then its options. */
  readonly usage: string;
  /** Runs the command. @returns the process's exit code */
  run(args: readonly string[]): Promise<number>;
}

/** A mistake on the command line: printed without a stack, with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** A failure that its message explains in full: printed without a stack, with exit code 1. */
export class CommandError extends Error {
  override name = "CommandError";
}
