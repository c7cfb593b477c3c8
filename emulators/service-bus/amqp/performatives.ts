/** Which type codes a field may have; null is always among them unless the field is mandatory. */
const CODES = {
  boolean: [0x41, 0x42, 0x56],
  ubyte: [0x50],
  ushort: [0x60],
  uint: [0x43, 0x52, 0x70],
  ulong: [0x44, 0x53, 0x80],
  string: [0xa1, 0xb1],
  symbol: [0xa3, 0xb3],
  symbols: [0xa3, 0xb3, 0xe0, 0xf0],
  binary: [0xa0, 0xb0],
  map: [0xc1, 0xd1],
  described: [0x00],
} as const;

export type FieldType = keyof typeof CODES;

export interface Field {
  readonly name: string;
  readonly codes: readonly number[];
  readonly mandatory: boolean;
}

export interface Performative {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** `name: type`, a mandatory field with an exclamation mark behind its type. */
function performative(
  name: string,
  ...fields: readonly `${string}: ${FieldType}${"" | "!"}`[]
): Performative {
  return {
    name,
    fields: fields.map((text) => {
      const [field = "", type = ""] = text.split(": ");
      return { name: field, codes: CODES[type.replace("!", "") as FieldType], mandatory: type.endsWith("!") };
    }),
  };
}

/** The performatives a client sends, by descriptor (AMQP 1.0, section 2.7). */
export const AMQP_PERFORMATIVES: Readonly<Record<number, Performative>> = {
  16: performative(
    "open",
    "container-id: string!",
    "hostname: string",
    "max-frame-size: uint",
    "channel-max: ushort",
    "idle-time-out: uint",
    "outgoing-locales: symbols",
    "incoming-locales: symbols",
    "offered-capabilities: symbols",
    "desired-capabilities: symbols",
    "properties: map",
  ),
  17: performative(
    "begin",
    "remote-channel: ushort",
    "next-outgoing-id: uint!",
    "incoming-window: uint!",
    "outgoing-window: uint!",
    "handle-max: uint",
    "offered-capabilities: symbols",
    "desired-capabilities: symbols",
    "properties: map",
  ),
  18: performative(
    "attach",
    "name: string!",
    "handle: uint!",
    "role: boolean!",
    "snd-settle-mode: ubyte",
    "rcv-settle-mode: ubyte",
    "source: described",
    "target: described",
    "unsettled: map",
    "incomplete-unsettled: boolean",
    "initial-delivery-count: uint",
    "max-message-size: ulong",
    "offered-capabilities: symbols",
    "desired-capabilities: symbols",
    "properties: map",
  ),
  19: performative(
    "flow",
    "next-incoming-id: uint",
    "incoming-window: uint!",
    "next-outgoing-id: uint!",
    "outgoing-window: uint!",
    "handle: uint",
    "delivery-count: uint",
    "link-credit: uint",
    "available: uint",
    "drain: boolean",
    "echo: boolean",
    "properties: map",
  ),
  20: performative(
    "transfer",
    "handle: uint!",
    "delivery-id: uint",
    "delivery-tag: binary",
    "message-format: uint",
    "settled: boolean",
    "more: boolean",
    "rcv-settle-mode: ubyte",
    "state: described",
    "resume: boolean",
    "aborted: boolean",
    "batchable: boolean",
  ),
  21: performative(
    "disposition",
    "role: boolean!",
    "first: uint!",
    "last: uint",
    "settled: boolean",
    "state: described",
    "batchable: boolean",
  ),
  22: performative("detach", "handle: uint!", "closed: boolean", "error: described"),
  23: performative("end", "error: described"),
  24: performative("close", "error: described"),
};

/** The same for SASL (section 5.3.3): only what a client sends. */
export const SASL_PERFORMATIVES: Readonly<Record<number, Performative>> = {
  65: performative("sasl-init", "mechanism: symbol!", "initial-response: binary", "hostname: string"),
  67: performative("sasl-response", "response: binary!"),
};
