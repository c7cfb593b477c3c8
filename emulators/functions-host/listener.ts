import type { HostConfig } from "./config/host-json.ts";
import type { Settings } from "./config/settings.ts";
import type { Instance } from "./instance.ts";
import type { Invoke } from "./invocation.ts";
import type { HostEvent, Log } from "./log.ts";

/** What brings a trigger's work to one instance. */
export interface Listener {
  /** Takes no more work; resolves when what it took is handled and settled, and its connections are closed. */
  stop(): Promise<void>;
}

/** What a listener needs of the host; one per instance. */
export interface ListenerContext {
  readonly instance: Instance;
  readonly invoke: Invoke;
  readonly host: HostConfig;
  readonly settings: Settings;
  /** Names the app in storage: its timers' locks and status. */
  readonly hostId: string;
  readonly log: Log;
  readonly emit: (event: HostEvent) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
}
