/**
 * What this server uses of rhea beyond its type declarations: they describe a client, and leave out the state
 * that a broker must steer (the attach it answers with, the window of outgoing deliveries).
 */
import rhea, {
  type Connection,
  type Container,
  type Delivery,
  type Receiver,
  type Sender,
  type Session,
  type Typed,
} from "rhea";

export { rhea };

export interface LocalEndpoint {
  readonly attach: {
    source: unknown;
    target: unknown;
    snd_settle_mode: number | undefined;
    rcv_settle_mode: number | undefined;
    max_message_size: number | undefined;
    properties: Readonly<Record<string, unknown>> | undefined;
  };
}

interface ServerSession extends Session {
  readonly outgoing: { available(): number };
  readonly connection: ServerConnection;
}

interface LinkState {
  local_open: boolean;
  open_requests: number;
}

/** A link on which this server receives. */
export interface IncomingLink extends Receiver {
  readonly local: LocalEndpoint;
  readonly state: LinkState;
  readonly connection: ServerConnection;
  readonly session: ServerSession;
}

/** A link on which this server sends. */
export interface OutgoingLink extends Sender {
  readonly local: LocalEndpoint;
  readonly state: LinkState;
  readonly connection: ServerConnection;
  readonly session: ServerSession;
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  /** Asked when a flow is written: whether it says that the credit was drained. */
  _get_drain(): boolean;
}

export interface RheaContainer extends Omit<Container, "create_connection"> {
  create_connection(options: {
    id: string;
    reconnect: false;
    max_frame_size: number;
    channel_max: number;
    idle_time_out: number;
    session_buffer_size: { outgoing: number };
  }): ServerConnection;
}

export interface ServerConnection extends Connection {
  /** Writes what is due now, instead of on the next tick. */
  _process(): void;
}

export interface Transfer {
  readonly channel: number;
  readonly payload?: Buffer;
  readonly performative: {
    readonly handle: number;
    message_format: number | undefined;
    readonly more: boolean;
  };
}

/** The outcome of a delivery as the peer told it. */
export interface PeerDelivery extends Omit<Delivery, "settled" | "remote_settled"> {
  settled: boolean;
  remote_settled: boolean;
  readonly tag: Buffer;
  readonly remote_state?: {
    readonly undeliverable_here?: boolean;
    readonly message_annotations?: Readonly<Record<string, unknown>>;
    readonly error?: { readonly condition?: string; readonly info?: Readonly<Record<string, unknown>> };
  };
}

/** rhea answers every attach on its own: takes the answer back, until `link.open()`. */
export function takeBackAttach({ state }: { readonly state: LinkState }): void {
  state.local_open = false;
  state.open_requests = 0;
}

/** rhea's codec; the declarations leave some of it out. */
interface Types {
  readonly Reader: new (buffer: Buffer) => { read(): Typed; remaining(): number };
  readonly Writer: new () => { write(value: unknown): void; toBuffer(): Buffer };
  wrap(value: unknown): Typed;
  wrap_ulong(value: number): Typed;
  wrap_uint(value: number): Typed;
  wrap_int(value: number): Typed;
  wrap_long(value: number | Buffer): Typed;
  wrap_ubyte(value: number): Typed;
  wrap_boolean(value: boolean): Typed;
  wrap_string(value: string): Typed;
  wrap_symbol(value: string): Typed;
  wrap_timestamp(value: number): Typed;
  wrap_uuid(value: Buffer): Typed;
  wrap_binary(value: Uint8Array): Typed;
  wrap_list(values: readonly unknown[]): Typed;
  wrap_map(value: object): Typed;
  wrap_array(values: readonly unknown[], code: number): Typed;
  described(descriptor: Typed, value: Typed): Typed;
  unwrap(value: unknown): unknown;
}

export const types = rhea.types as unknown as Types;
