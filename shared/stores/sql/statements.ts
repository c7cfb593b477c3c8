import type { StateTables } from "./tables.ts";

/** Milliseconds that a commit waits for a lock: less than a request may take, so that the wait's end is told as one. */
const lockTimeout = 10_000;

/** How this store's statements tell each other and the client why a commit must not be. */
const errors = { conflict: 50_409, expired: 50_410 } as const;

const outboxColumns =
  "o.AggregateId, o.MessageId, o.OutgoingId, o.Type, o.[Schema], o.CreatedAt, o.Destination, o.SessionId, o.TraceParent, o.TraceState, o.Body, o.StoredAt";

/** Ids are compared exactly, whatever the database's own collation is. */
const exactly = "COLLATE Latin1_General_100_BIN2";

export type Statements = ReturnType<typeof statementsOf>;

/** The store's batches for one endpoint, whose tables are in the schema of its name. Each is one round trip. */
export const statementsOf = (endpoint: string, tables: StateTables) => {
  const schema = `[${endpoint}]`;
  const record = `SELECT CreatedAt, Status, Reason FROM ${schema}.Inbox
  WHERE AggregateId = @aggregateId AND MessageId = @messageId AND ExpiresAt > SYSUTCDATETIME();`;
  const request = `SELECT Hash, CreatedAt FROM ${schema}.Requests
  WHERE AggregateId = @aggregateId AND RequestId = @messageId AND ExpiresAt > SYSUTCDATETIME();`;

  return {
    /** With a deadline the record may be read together with the state (7). */
    load: `SET NOCOUNT ON;
  ${record}
  ${tables.load}`,

    state: `SET NOCOUNT ON;
  ${tables.load}`,

    /** The record is inserted first, so that a copy of the message waits here; the clock is read last (4). */
    commit: `SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT ${lockTimeout};
DECLARE @step varchar(10) = 'message';
BEGIN TRY
  BEGIN TRANSACTION;
  INSERT ${schema}.Inbox (AggregateId, MessageId, CreatedAt, Status, Reason, ExpiresAt)
  VALUES (@aggregateId, @messageId, @createdAt, @status, @reason, DATEADD(SECOND, @keepSeconds, SYSUTCDATETIME()));
  INSERT ${schema}.Outbox (AggregateId, MessageId, Ordinal, OutgoingId, Type, [Schema], CreatedAt, Destination, SessionId, TraceParent, TraceState, Body)
  SELECT @aggregateId, @messageId, ordinal, id, type, [schema], createdAt, destination, sessionId, traceparent, tracestate, body
  FROM OPENJSON(@outgoing) WITH (
    ordinal smallint, id nvarchar(max), type nvarchar(max), [schema] int, createdAt datetime2(3),
    destination nvarchar(max), sessionId nvarchar(max), traceparent nvarchar(max), tracestate nvarchar(max), body nvarchar(max)
  );
  SET @step = 'version';
  ${tables.claim}
  IF @@ROWCOUNT = 0 THROW ${errors.conflict}, N'conflict', 1;
  SET @step = 'state';
  ${tables.save}
  IF SYSUTCDATETIME() >= @deadline THROW ${errors.expired}, N'expired', 1;
  COMMIT TRANSACTION;
  SELECT 'committed' AS Result;
END TRY
BEGIN CATCH
  IF XACT_STATE() <> 0 ROLLBACK TRANSACTION;
  IF ERROR_NUMBER() = ${errors.expired} SELECT 'expired' AS Result;
  ELSE IF ERROR_NUMBER() = ${errors.conflict} OR (ERROR_NUMBER() IN (2601, 2627) AND @step = 'version')
    SELECT 'conflict' AS Result;
  ELSE IF ERROR_NUMBER() IN (2601, 2627) AND @step = 'message'
  BEGIN
    -- A record that is past its time and not yet cleaned up is none: the next try finds it gone.
    DELETE ${schema}.Inbox
    WHERE AggregateId = @aggregateId AND MessageId = @messageId AND ExpiresAt <= SYSUTCDATETIME();
    SELECT CASE @@ROWCOUNT WHEN 0 THEN 'duplicate' ELSE 'again' END AS Result;
  END
  ELSE THROW;
END CATCH`,

    item: `SET NOCOUNT ON;
  SELECT ${outboxColumns} FROM ${schema}.Outbox AS o
  WHERE o.AggregateId = @aggregateId AND o.MessageId = @messageId ORDER BY o.Ordinal;`,

    /** @param list the parameter that holds the items' ids: one request may remove those of several endpoints */
    remove: (list: string) => `DELETE o
  FROM OPENJSON(@${list}) WITH (aggregateId nvarchar(128), messageId nvarchar(128)) AS sent
  JOIN ${schema}.Outbox AS o
    ON o.AggregateId = sent.aggregateId ${exactly} AND o.MessageId = sent.messageId ${exactly};`,

    /**
     * Competing sweepers pass over what another one has locked or claimed, and no transaction is open while one
     * sends: a claim runs out by itself (10).
     */
    claimPending: `SET NOCOUNT ON; SET XACT_ABORT ON;
DECLARE @claimed TABLE (AggregateId nvarchar(128) ${exactly}, MessageId nvarchar(128) ${exactly});
WITH due AS (
  SELECT TOP (@count) AggregateId, MessageId, ClaimedUntil
  FROM ${schema}.Outbox WITH (UPDLOCK, READPAST, ROWLOCK)
  WHERE Ordinal = 0 AND (StoredAt < @since OR StoredAt > @until) AND ClaimedUntil <= SYSUTCDATETIME()
  ORDER BY StoredAt
)
UPDATE due SET ClaimedUntil = DATEADD(SECOND, @claimSeconds, SYSUTCDATETIME())
OUTPUT inserted.AggregateId, inserted.MessageId INTO @claimed;
SELECT ${outboxColumns} FROM @claimed AS c
JOIN ${schema}.Outbox AS o ON o.AggregateId = c.AggregateId AND o.MessageId = c.MessageId
ORDER BY o.StoredAt, o.AggregateId, o.MessageId, o.Ordinal;`,

    createRequest: `SET NOCOUNT ON; SET XACT_ABORT ON;
DELETE ${schema}.Requests
WHERE AggregateId = @aggregateId AND RequestId = @messageId AND ExpiresAt <= SYSUTCDATETIME();
BEGIN TRY
  INSERT ${schema}.Requests (AggregateId, RequestId, Hash, CreatedAt, ExpiresAt)
  VALUES (@aggregateId, @messageId, @hash, @createdAt, DATEADD(SECOND, @keepSeconds, SYSUTCDATETIME()));
  SELECT 'created' AS Result;
END TRY
BEGIN CATCH
  IF ERROR_NUMBER() NOT IN (2601, 2627) THROW;
  SELECT 'exists' AS Result;
  ${request}
END CATCH`,

    request: `SET NOCOUNT ON;
  ${request}
  ${record}`,

    /** Few rows at a time: no lock is escalated to the table, and nobody waits long (12). */
    cleanUp: `SET NOCOUNT ON; SET XACT_ABORT ON;
DECLARE @removed int;
DELETE TOP (@count) FROM ${schema}.Inbox WITH (ROWLOCK, READPAST) WHERE ExpiresAt <= SYSUTCDATETIME();
SET @removed = @@ROWCOUNT;
DELETE TOP (@count) FROM ${schema}.Requests WITH (ROWLOCK, READPAST) WHERE ExpiresAt <= SYSUTCDATETIME();
SELECT @removed + @@ROWCOUNT AS Removed;`,
  };
};
