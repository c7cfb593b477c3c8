/** What the service refuses to store or answer (Azure Cosmos DB service quotas), in bytes unless named otherwise. */
export const LIMITS = {
  itemBytes: 2 * 1024 * 1024,
  itemNesting: 128,
  itemIdBytes: 1023,
  resourceIdChars: 255,
  partitionKeyBytes: 2048,
  ttlSeconds: 2_147_483_647,
  batchOperations: 100,
  batchBytes: 2 * 1024 * 1024,
  patchOperations: 10,
  /** A page ends once it holds so much: with a last item or batch of 2 MB it stays below the 4 MB of a reply. */
  pageBytes: 1.5 * 1024 * 1024,
  defaultPageItems: 100,
  maxPageItems: 1000,
  queryChars: 512 * 1024,
  /** Of brackets and prefixes in its text, and of the expression that comes of it. */
  queryNesting: 100,
  queryDepth: 400,
} as const;

/** What this server reads at most of any request before it answers 413 or 431. */
export const HTTP_LIMITS = {
  bodyBytes: 4 * 1024 * 1024,
  /** Where a body above the limit is no longer even read to its end, and the connection is closed. */
  drainedBytes: 64 * 1024 * 1024,
  headerBytes: 32 * 1024,
  /** A body is an item or a list of operations that hold one. */
  bodyNesting: LIMITS.itemNesting + 8,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  keepAliveMs: 65_000,
  /** The date of a signature may be off by so much (Access control in the Cosmos DB REST API). */
  signatureAgeMs: 15 * 60_000,
} as const;
