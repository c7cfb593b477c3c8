/** What an error says, without the pages that some have below it. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split(/\r?\n/, 1)[0] ?? "";
