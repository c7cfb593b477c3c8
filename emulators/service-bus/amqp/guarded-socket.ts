import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { createFrameGuard } from "./frame-guard.ts";

/** A client that is silent for this long is gone (Azure's idle time-out). Milliseconds. */
export const IDLE_TIMEOUT = 240_000;

/**
 * The socket as rhea sees it: it gets whole, checked frames only, and can do no harm by failing. Whatever rhea
 * throws ends this connection alone, and an end is always followed by the close of the real socket.
 */
export class GuardedSocket extends EventEmitter {
  readonly #socket: Socket;
  #ended = false;

  /**
   * @param onMalformed Called with what is wrong with the client's bytes; the connection ends behind it.
   * @param onClose Called once, when the real socket is closed, with the first thing that went wrong.
   */
  constructor(socket: Socket, onMalformed: (error: unknown) => void, onClose: (error: unknown) => void) {
    super();
    this.#socket = socket;
    let failure: unknown;
    const guard = createFrameGuard();
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_TIMEOUT, () => socket.destroy());
    socket.on("data", (chunk) => {
      if (this.#ended) return;
      try {
        const [frames, behindSasl] = guard.push(chunk);
        if (frames !== undefined) this.emit("data", frames);
        if (behindSasl !== undefined) this.#later(behindSasl);
      } catch (error) {
        failure ??= error;
        onMalformed(error);
        this.end();
      }
    });
    socket.on("end", () => this.end());
    socket.on("error", (error) => {
      failure ??= error;
    });
    socket.on("close", () => {
      this.#ended = true;
      // rhea stops its heartbeat timers.
      this.emit("end");
      onClose(failure);
    });
  }

  /** rhea's SASL layer ends on a later turn, and takes what comes before for more of its own frames. */
  #later(frames: Buffer): void {
    this.#socket.pause();
    setImmediate(() => {
      if (!this.#ended) this.emit("data", frames);
      this.#socket.resume();
    });
  }

  /** Frames written in one turn leave in one packet. */
  write(bytes: Buffer): void {
    if (!this.#socket.writable) return;
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(bytes);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  setNoDelay(): void {}

  get_id_string(): string {
    return `${this.#socket.remoteAddress}:${this.#socket.remotePort}`;
  }
}
