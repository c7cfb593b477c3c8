-- Can be run again: what is there already stays as it is.
IF SCHEMA_ID(N'billing') IS NULL EXEC (N'CREATE SCHEMA billing');

-- One row per processed message, until nobody can send it any more.
IF OBJECT_ID(N'billing.Inbox', N'U') IS NULL
BEGIN
  CREATE TABLE billing.Inbox (
    AggregateId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    MessageId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    Status varchar(10) NOT NULL CONSTRAINT CK_Inbox_Status CHECK (Status IN ('accepted', 'rejected')),
    Reason nvarchar(max) NULL,
    ExpiresAt datetime2(3) NOT NULL,
    CONSTRAINT PK_Inbox PRIMARY KEY (AggregateId, MessageId)
  );
  CREATE INDEX IX_Inbox_ExpiresAt ON billing.Inbox (ExpiresAt);
END

-- One item per processed message that has something unsent: a row for each message that it causes. A sweeper's
-- claim is kept in the item's first row.
IF OBJECT_ID(N'billing.Outbox', N'U') IS NULL
BEGIN
  CREATE TABLE billing.Outbox (
    AggregateId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    MessageId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Ordinal smallint NOT NULL,
    OutgoingId nvarchar(128) NOT NULL,
    Type nvarchar(128) NOT NULL,
    [Schema] int NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    Destination nvarchar(260) NOT NULL,
    SessionId nvarchar(128) NULL,
    TraceParent nvarchar(128) NULL,
    TraceState nvarchar(max) NULL,
    Body nvarchar(max) NOT NULL,
    StoredAt datetime2(3) NOT NULL CONSTRAINT DF_Outbox_StoredAt DEFAULT SYSUTCDATETIME(),
    ClaimedUntil datetime2(3) NOT NULL CONSTRAINT DF_Outbox_ClaimedUntil DEFAULT '0001-01-01',
    CONSTRAINT PK_Outbox PRIMARY KEY (AggregateId, MessageId, Ordinal)
  );
  CREATE INDEX IX_Outbox_StoredAt ON billing.Outbox (StoredAt) INCLUDE (ClaimedUntil) WHERE Ordinal = 0;
END

-- What the HTTP entry remembers of a request.
IF OBJECT_ID(N'billing.Requests', N'U') IS NULL
BEGIN
  CREATE TABLE billing.Requests (
    AggregateId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    RequestId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Hash nvarchar(128) NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    ExpiresAt datetime2(3) NOT NULL,
    CONSTRAINT PK_Requests PRIMARY KEY (AggregateId, RequestId)
  );
  CREATE INDEX IX_Requests_ExpiresAt ON billing.Requests (ExpiresAt);
END

-- An account's version grows with every message that the account has processed.
IF OBJECT_ID(N'billing.Accounts', N'U') IS NULL
  CREATE TABLE billing.Accounts (
    CustomerId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT PK_Accounts PRIMARY KEY,
    Version bigint NOT NULL
  );

IF OBJECT_ID(N'billing.Payments', N'U') IS NULL
  CREATE TABLE billing.Payments (
    CustomerId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL
      CONSTRAINT FK_Payments_Accounts FOREIGN KEY REFERENCES billing.Accounts (CustomerId),
    OrderId nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
    -- In the order in which they were booked.
    Number bigint IDENTITY(1, 1) NOT NULL,
    Amount decimal(19, 2) NOT NULL CONSTRAINT CK_Payments_Amount CHECK (Amount >= 0),
    Status varchar(10) NOT NULL CONSTRAINT CK_Payments_Status CHECK (Status IN ('booked', 'cancelled')),
    Version int NOT NULL CONSTRAINT CK_Payments_Version CHECK (Version >= 1),
    CONSTRAINT PK_Payments PRIMARY KEY (CustomerId, OrderId)
  );
