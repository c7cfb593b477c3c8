/**
 * What an error says, without the pages that some have below it.
 * @param wordless for one that says nothing, such as an SDK's when its connection is lost
 */
export const firstLine = (error: unknown, wordless = "an error without a message"): string =>
  (error instanceof Error ? error.message : String(error)).trim().split(/\r?\n/, 1)[0] || wordless;
