import type {
  Delivery,
  Draft,
  Filterable,
  Message,
  PropertyChanges,
  PropertyValue,
} from "../broker/message.ts";
import { ANNOTATION, HEADER, MESSAGE_STATE, PROPERTY, SECTION } from "./message-format.ts";
import { types } from "./rhea.ts";
import {
  encode,
  patchMapSection,
  readList,
  readMap,
  type Sections,
  section,
  splitSections,
} from "./sections.ts";
import { MalformedError } from "./walk.ts";

/** Reads from an encoded message what the broker needs; the content itself is kept. @throws MalformedError */
export function decodeDraft(content: Buffer): Draft {
  const sections = splitSections(content);
  const header = readList(sections.header);
  const properties = readList(sections.properties);
  const scheduled = readMap(sections.messageAnnotations)[ANNOTATION.scheduledEnqueueTime];
  const ttl = header[HEADER.ttl];
  return {
    messageId: idText(properties[PROPERTY.messageId]),
    sessionId: text(properties[PROPERTY.groupId]),
    timeToLive: typeof ttl === "number" ? ttl : undefined,
    scheduledFor: scheduled instanceof Date ? scheduled.getTime() : undefined,
    content,
    changes: {},
    enqueuedSequence: undefined,
    deadLetterSource: undefined,
  };
}

/** What rules compare. */
export function filterable(content: Uint8Array): Filterable {
  const sections = splitSections(asBuffer(content));
  const properties = readList(sections.properties);
  return {
    contentType: text(properties[PROPERTY.contentType]),
    correlationId: idText(properties[PROPERTY.correlationId]),
    label: text(properties[PROPERTY.subject]),
    messageId: idText(properties[PROPERTY.messageId]),
    replyTo: text(properties[PROPERTY.replyTo]),
    replyToSessionId: text(properties[PROPERTY.replyToGroupId]),
    sessionId: text(properties[PROPERTY.groupId]),
    to: text(properties[PROPERTY.to]),
    properties: readMap(sections.applicationProperties),
  };
}

/** @throws MalformedError */
export const partitionKey = (content: Uint8Array): string | undefined =>
  text(readMap(splitSections(asBuffer(content)).messageAnnotations)[ANNOTATION.partitionKey]);

/** A message as it is sent to a receiver. */
export const encodeDelivery = ({ message, deliveryCount, changes, lock }: Delivery): Buffer =>
  encodeMessage(message, deliveryCount, changes, lock?.until);

/** A message as it is shown to one who peeks: without a lock. */
export const encodePeeked = (message: Message): Buffer =>
  encodeMessage(message, message.deliveryCount, message.changes, undefined);

function encodeMessage(
  message: Message,
  deliveryCount: number,
  changes: PropertyChanges,
  lockedUntil: number | undefined,
): Buffer {
  const sections = splitSections(asBuffer(message.content));
  const properties =
    sections.properties === undefined ? [] : [section(SECTION.properties, sections.properties)];
  return Buffer.concat([
    encodeHeader(sections, message, deliveryCount),
    patchMapSection(
      SECTION.messageAnnotations,
      sections.messageAnnotations,
      annotations(message, lockedUntil),
    ),
    ...properties,
    ...encodeApplicationProperties(sections, changes),
    sections.body,
  ]);
}

function encodeHeader(sections: Sections, message: Message, deliveryCount: number): Buffer {
  const header = readList(sections.header);
  const ttl = Math.min(message.expiresAt - message.enqueuedAt, 0xffffffff);
  return encode(
    types.described(
      types.wrap_ulong(SECTION.header),
      types.wrap_list([
        header[HEADER.durable] === true,
        types.wrap_ubyte(numberOr(header[HEADER.priority], 4)),
        Number.isFinite(message.expiresAt) ? types.wrap_uint(ttl) : null,
        false,
        types.wrap_uint(deliveryCount),
      ]),
    ),
  );
}

function encodeApplicationProperties(sections: Sections, changes: PropertyChanges): readonly Buffer[] {
  const names = Object.entries(changes);
  if (names.length > 0) {
    const typed = new Map(
      names.map(([name, value]) => [name, [types.wrap_string(name), wrap(value)] as const]),
    );
    return [patchMapSection(SECTION.applicationProperties, sections.applicationProperties, typed)];
  }
  return sections.applicationProperties === undefined
    ? []
    : [section(SECTION.applicationProperties, sections.applicationProperties)];
}

function annotations(
  message: Message,
  lockedUntil: number | undefined,
): ReadonlyMap<string, readonly [key: unknown, value: unknown]> {
  const typed = new Map<string, readonly [unknown, unknown]>();
  const set = (name: string, value: unknown): void => void typed.set(name, [types.wrap_symbol(name), value]);
  set(ANNOTATION.sequenceNumber, types.wrap_long(message.sequence));
  set(ANNOTATION.enqueuedSequenceNumber, types.wrap_long(message.enqueuedSequence));
  set(ANNOTATION.enqueuedTime, types.wrap_timestamp(message.enqueuedAt));
  set(ANNOTATION.messageState, types.wrap_int(MESSAGE_STATE[message.state]));
  if (lockedUntil !== undefined) set(ANNOTATION.lockedUntil, types.wrap_timestamp(lockedUntil));
  if (message.deadLetterSource !== undefined) {
    set(ANNOTATION.deadLetterSource, types.wrap_string(message.deadLetterSource));
  }
  return typed;
}

const wrap = (value: PropertyValue): unknown =>
  typeof value === "bigint" ? types.wrap_long(Number(value)) : types.wrap(value);

/** Properties to modify, as the wire gave them. @throws MalformedError on a value that no property may have. */
export function toChanges(values: Readonly<Record<string, unknown>> | undefined): PropertyChanges {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => {
      if (isPropertyValue(value)) return [name, value];
      throw new MalformedError(`Property '${name}' must be a primitive value.`);
    }),
  );
}

const isPropertyValue = (value: unknown): value is PropertyValue =>
  value === null ||
  ["string", "number", "bigint", "boolean"].includes(typeof value) ||
  value instanceof Date ||
  value instanceof Uint8Array;

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const idText = (value: unknown): string | undefined => {
  if (Buffer.isBuffer(value)) return value.toString("hex");
  return value === undefined || value === null ? undefined : String(value);
};

const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === "number" ? value : otherwise;

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
