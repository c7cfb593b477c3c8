import type { Socket } from "node:net";
import { type Facts, type Injector, Lost, type operations } from "../../faults/index.ts";
import type { Engine } from "../engine/engine.ts";
import { Cancelled } from "../engine/executor.ts";
import type { Prepared } from "../engine/rpc.ts";
import { newSession, type Session } from "../engine/session.ts";
import { abandonTransaction } from "../engine/transactions.ts";
import { PlannedError, plannedError } from "../errors/planned.ts";
import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import type { RequestKind, SqlEvent } from "../events.ts";
import type { Wait } from "../locks/owner.ts";
import { DONE, LIMITS, PACKET, STATUS } from "./constants.ts";
import { dispatch, type Request } from "./dispatch.ts";
import { describeRequest } from "./faults.ts";
import { type Login, readLogin, samePassword } from "./login.ts";
import { type Message, packetReader, toPackets } from "./packets.ts";
import { checkPrelogin, preloginReply } from "./prelogin.ts";
import { readBatch, readRpc, readTransaction } from "./requests.ts";
import { writeCollation, writeDone, writeEnvironmentText, writeLoginAck, writeMessage } from "./tokens.ts";
import { writer } from "./writer.ts";

/** What a connection needs of the server. */
export interface Host {
  readonly engine: Engine;
  readonly user: string;
  readonly password: string;
  readonly spid: number;
  readonly onEvent: (event: SqlEvent) => void;
  count(kind: RequestKind | "login"): void;
  readonly faults: Injector;
  /** Why the login is refused, whoever logs in. */
  readonly refusal: SqlError | undefined;
  /** Ends all connections without a word. */
  cutAll(): void;
}

/** From this severity on an error ends the connection. */
const FATAL = 20;

/** How long a statement may run before others get their turn, in milliseconds. */
const TURN = 15;

/** Serves one connection until its end. Resolves when its transaction is rolled back and nothing of it is left. */
export function serveConnection(socket: Socket, host: Host): Promise<void> {
  const { engine, spid, onEvent } = host;
  let state: "prelogin" | "login" | "ready" = "prelogin";
  let session: Session | undefined;
  let packetSize = 4096;
  let closed = false;
  let fresh = true;
  /** An error has ended the connection. A close in the same breath would cost the client the error. */
  let ended = false;
  const queue: Message[] = [];
  const prepared: Prepared = new Map();
  // The request that runs: how to stop it, and whether the client has asked for that.
  let running = false;
  let attentions = 0;
  let stop: ((error: Error) => void) | undefined;
  let lastTurn = engine.elapsed();
  let finished = (): void => {};
  const end = new Promise<void>((resolve) => {
    finished = resolve;
  });

  const packets = packetReader(() => (state === "ready" ? LIMITS.message : LIMITS.login));
  const loginTimer = setTimeout(() => socket.destroy(), LIMITS.loginTime);
  const send = (data: Buffer): void => {
    if (!closed) socket.write(toPackets(data, packetSize));
  };
  const interrupted = (): boolean => closed || attentions > 0;

  const waiting = {
    async wait(wait: Wait): Promise<void> {
      stop = (error) => wait.cancel(error);
      if (interrupted()) wait.cancel(new Cancelled());
      try {
        await wait.promise;
      } finally {
        stop = undefined;
      }
    },
  };

  const checkpoint = async (): Promise<void> => {
    if (interrupted()) throw new Cancelled();
    if (engine.elapsed() - lastTurn < TURN) return;
    await new Promise((resolve) => setImmediate(resolve));
    lastTurn = engine.elapsed();
    if (interrupted()) throw new Cancelled();
  };

  const pause = (millis: number): Promise<void> => {
    let cancel = (_error: Error): void => {};
    const promise = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, millis);
      cancel = (error) => {
        clearTimeout(timer);
        reject(error);
      };
    });
    return waiting.wait({ promise, cancel: (error) => cancel(error) });
  };

  socket.on("data", (bytes: Buffer) => {
    try {
      for (const message of packets.push(bytes)) receive(message);
    } catch (error) {
      broken(error);
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    closed = true;
    clearTimeout(loginTimer);
    stop?.(new Cancelled());
    if (!running) cleanUp();
  });

  function cleanUp(): void {
    if (session !== undefined) {
      abandonTransaction(engine, session);
      onEvent({ type: "closed", spid });
    }
    session = undefined;
    finished();
  }

  /** The client does not speak TDS, or not as it must: say why if there is a way, and hang up. */
  function broken(error: unknown): void {
    if (!(error instanceof SqlError)) throw error;
    if (state === "ready") {
      const out = writer();
      writeMessage(out, "error", error);
      writeDone(out, "done", DONE.error, 0, 0n);
      send(out.finish());
    }
    socket.destroy();
  }

  function receive(message: Message): void {
    if (ended) {
      socket.destroy();
      return;
    }
    if (message.type === PACKET.attention) {
      if (state !== "ready") throw sqlError(17836, "An attention came before the login.");
      host.count("attention");
      attentions++;
      if (running) stop?.(new Cancelled());
      else acknowledge();
      return;
    }
    queue.push(message);
    if (queue.length > 16)
      throw sqlError(17836, "More than 16 requests wait for an answer on one connection.");
    if (!running) drain();
  }

  /** Tells that a request was cancelled: a message of its own, after the request's. */
  function acknowledge(): void {
    for (; attentions > 0; attentions--) {
      const out = writer();
      writeDone(out, "done", DONE.attention, 0, 0n);
      send(out.finish());
    }
  }

  function drain(): void {
    running = true;
    runQueue().then(
      () => {
        running = false;
        if (closed) cleanUp();
        else if (queue.length > 0) drain();
      },
      (error: unknown) => {
        running = false;
        socket.destroy();
        if (closed) cleanUp();
        // A fault of this server: it must be seen, not be taken for a lost connection.
        if (!(error instanceof SqlError)) {
          closed = true;
          cleanUp();
          queueMicrotask(() => {
            throw error;
          });
        }
      },
    );
  }

  async function runQueue(): Promise<void> {
    for (let message = queue.shift(); message !== undefined && !closed; message = queue.shift()) {
      lastTurn = engine.elapsed();
      if (state === "ready") await answer(message);
      else await greet(message);
      acknowledge();
    }
  }

  /** Runs an operation as the fault plan wants. @returns undefined if nobody waits for an answer any more */
  async function struck<T>(
    operation: (typeof operations.sql)[number],
    facts: () => Facts | readonly Facts[],
    run: () => T | Promise<T>,
  ): Promise<T | PlannedError | undefined> {
    const cut = (): void => {
      closed = true;
      socket.destroy();
    };
    try {
      return await host.faults.inject(operation, facts, run, {
        refuse: (number) => plannedError(number, spid, engine.database.name),
        cut,
        cutAll() {
          host.cutAll();
          cut();
        },
      });
    } catch (error) {
      if (error instanceof Lost) return undefined;
      if (error instanceof PlannedError) return error;
      throw error;
    }
  }

  /** Pre-login and login. */
  async function greet(message: Message): Promise<void> {
    host.count("login");
    if (state === "prelogin") {
      if (message.type !== PACKET.prelogin) throw sqlError(17836, "The first message is no pre-login.");
      checkPrelogin(message.data);
      state = "login";
      send(preloginReply());
      return;
    }
    if (message.type !== PACKET.login) throw sqlError(17836, "The second message is no login.");
    const login = readLogin(message.data);
    const facts = () => ({ properties: { user: login.user, application: login.application } });
    const checked = await struck("login", facts, () => ({ refusal: host.refusal ?? refuse(login) }));
    if (checked === undefined) return;
    const refusal = checked instanceof PlannedError ? checked : checked.refusal;
    const out = writer();
    if (refusal !== undefined) {
      writeMessage(out, "error", refusal);
      writeDone(out, "done", DONE.error, 0, 0n);
      socket.end(toPackets(out.finish(), packetSize));
      onEvent({ type: "error", spid, number: refusal.number, message: refusal.message });
      return;
    }
    clearTimeout(loginTimer);
    const { database } = engine;
    session = newSession(spid, login.user, database.name, engine.sources);
    const size = Math.min(Math.max(login.packetSize || 4096, 512), LIMITS.packet);
    writeEnvironmentText(out, "database", database.name, "master");
    writeMessage(out, "info", {
      number: 5701,
      message: `Changed database context to '${database.name}'.`,
      state: 2,
      severity: 0,
      line: 1,
    });
    writeCollation(out);
    writeEnvironmentText(out, "language", "us_english", "");
    writeLoginAck(out);
    writeEnvironmentText(out, "packetSize", String(size), String(packetSize));
    writeDone(out, "done", 0, 0, 0n);
    send(out.finish());
    packetSize = size;
    state = "ready";
    onEvent({ type: "login", spid, user: login.user, application: login.application });
  }

  function refuse(login: Login): SqlError | undefined {
    if (login.otherAuthentication) return unsupported("Authentication other than user and password");
    if (login.user.toLowerCase() !== host.user.toLowerCase() || !samePassword(login.password, host.password))
      return sqlError(18456, login.user);
    const wanted = login.database.toLowerCase();
    if (wanted !== "" && wanted !== "master" && wanted !== engine.database.name.toLowerCase())
      return sqlError(4060, login.database);
    if (login.tdsVersion < 0x74000000)
      return unsupported(`TDS version 0x${login.tdsVersion.toString(16)} (7.4 is needed)`);
    return undefined;
  }

  async function answer(message: Message): Promise<void> {
    if (session === undefined) return;
    const reset =
      (message.status & STATUS.reset) !== 0 || (message.status & STATUS.resetKeepTransaction) !== 0;
    if (reset) {
      abandonTransaction(engine, session);
      session = newSession(spid, session.user, session.database, engine.sources);
    }
    if ((message.status & STATUS.ignore) !== 0) {
      // The client gave up while it sent: the request is not run.
      const out = writer();
      writeDone(out, "done", 0, 0, 0n);
      send(out.finish());
      return;
    }
    const request = understand(message);
    if (request instanceof SqlError) {
      const out = writer();
      writeMessage(out, "error", request);
      writeDone(out, "done", DONE.error, 0, 0n);
      send(out.finish());
      return;
    }
    note(request);
    const context = { engine, session, waiting, checkpoint, pause, prepared, reset, onEvent };
    const { operation, facts } = describeRequest(request, engine, prepared);
    const reply = await struck(operation, facts, () => dispatch(request, context));
    if (reply === undefined) return;
    if (!(reply instanceof PlannedError)) {
      send(reply);
      return;
    }
    send(await dispatch(request, context, reply));
    if (reply.severity < FATAL) return;
    abandonTransaction(engine, session);
    ended = true;
  }

  function note(request: Request): void {
    // The driver sets its options right after the login: part of the login, for who counts round trips.
    const options = fresh && request.kind === "batch" && /^(\s*set\s[^\n;]*\n?)+$/i.test(request.text);
    fresh = false;
    host.count(options ? "login" : request.kind);
    const text =
      request.kind === "batch"
        ? request.text
        : request.kind === "rpc"
          ? String(request.parameters[0]?.value ?? request.procedure)
          : request.kind === "transaction"
            ? request.operation
            : "";
    onEvent({ type: "request", spid, kind: request.kind, text });
  }

  return end;
}

/** Reads a request. An error that only concerns this request is returned; one of the protocol is thrown. */
function understand(message: Message): Request | SqlError {
  try {
    switch (message.type) {
      case PACKET.batch:
        return { kind: "batch", text: readBatch(message.data) };
      case PACKET.rpc:
        return { kind: "rpc", ...readRpc(message.data) };
      case PACKET.transaction:
        return { kind: "transaction", ...readTransaction(message.data) };
      case PACKET.bulk:
        return { kind: "bulk" };
      default:
        throw sqlError(17836, "A login came after the login.");
    }
  } catch (error) {
    if (error instanceof SqlError && error.number !== 17836) return error;
    throw error;
  }
}
