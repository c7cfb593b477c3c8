/** Names and numbers of the message format (AMQP 1.0, section 3.2, and Service Bus's own annotations). */

export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** Positions in the header list. */
export const HEADER = { durable: 0, priority: 1, ttl: 2, firstAcquirer: 3, deliveryCount: 4 } as const;

/** Positions in the properties list. */
export const PROPERTY = {
  messageId: 0,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  absoluteExpiryTime: 8,
  groupId: 10,
  replyToGroupId: 12,
} as const;

export const ANNOTATION = {
  sequenceNumber: "x-opt-sequence-number",
  enqueuedSequenceNumber: "x-opt-enqueue-sequence-number",
  enqueuedTime: "x-opt-enqueued-time",
  lockedUntil: "x-opt-locked-until",
  scheduledEnqueueTime: "x-opt-scheduled-enqueue-time",
  deadLetterSource: "x-opt-deadletter-source",
  partitionKey: "x-opt-partition-key",
  messageState: "x-opt-message-state",
} as const;

export const MESSAGE_STATE = { active: 0, deferred: 1, scheduled: 2 } as const;

/** A transfer of many messages: data sections, each of them one encoded message. */
export const BATCH_FORMAT = 0x80013700;
