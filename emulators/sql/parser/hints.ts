/** Table hints. The first group changes locking; the others say what this server does anyway, or nothing. */
const HINTS = new Set([
  "UPDLOCK",
  "XLOCK",
  "HOLDLOCK",
  "SERIALIZABLE",
  "REPEATABLEREAD",
  "READPAST",
  "READCOMMITTEDLOCK",
  "NOLOCK",
  "READUNCOMMITTED",
  "TABLOCKX",
  "TABLOCK",
  "NOWAIT",
  "READCOMMITTED",
  "ROWLOCK",
  "PAGLOCK",
  "FORCESEEK",
  "FORCESCAN",
]);

export const isHint = (word: string): boolean => HINTS.has(word);
