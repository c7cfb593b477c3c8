import { createHash, randomUUID } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { createInjector, type FaultOptions, type Injector, Lost } from "../faults/index.ts";
import { compileFilter } from "./binder/filter.ts";
import { type Engine, parseCache } from "./engine/engine.ts";
import { PlannedError, plannedError } from "./errors/planned.ts";
import type { RequestCounters, RequestKind, SqlEvent } from "./events.ts";
import { serveConnection } from "./protocol/connection.ts";
import { LIMITS } from "./protocol/constants.ts";
import { changedRows, portions, storedRows } from "./storage/changed-rows.ts";
import { inFolder, inMemory } from "./storage/durable.ts";
import { openDatabase } from "./storage/open-database.ts";
import { ticksOfMillis } from "./types/temporal.ts";

export interface SqlOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Where data is kept; without it everything is gone at the end. */
  readonly dataFolder?: string;
  /** "sa" by default. */
  readonly user?: string;
  readonly password?: string;
  /** "pierogi" by default. */
  readonly database?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** None strike by default. */
  readonly faults?: FaultOptions;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly onEvent?: (event: SqlEvent) => void;
}

/** A config object for `mssql`. */
export interface SqlConfig {
  readonly server: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly options: { readonly encrypt: false; readonly trustServerCertificate: true };
}

export interface SqlServer {
  readonly port: number;
  readonly connectionString: string;
  readonly config: SqlConfig;
  /** Requests so far by kind; the object is the same and counts on. */
  readonly requests: RequestCounters;
  /** Takes another fault plan. */
  readonly faults: Pick<Injector, "setPlan">;
  /** What is open: for tests of leaks. */
  counts(): { readonly connections: number; readonly locks: number; readonly waiting: number };
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The password where none is given. It fulfils the official container's rules, so that one setting fits both. */
export const DEFAULT_PASSWORD = "Pierogi!Local1";

/**
 * Starts a SQL server for `mssql`: TDS 7.4 in plain text, T-SQL's subset over row versions. Rejects if the port is
 * taken or the data folder cannot be read.
 */
export async function startSql(options: SqlOptions = {}): Promise<SqlServer> {
  const {
    host = "127.0.0.1",
    user = "sa",
    password = DEFAULT_PASSWORD,
    database: name = "pierogi",
  } = options;
  const { now = Date.now, random = Math.random, onEvent = () => {} } = options;
  const faults = createInjector({ server: "sql", now, ...options.faults });
  const durable = options.dataFolder === undefined ? inMemory : inFolder(options.dataFolder);
  const database = openDatabase(name, durable, compileFilter, (transaction) => {
    if (options.onEvent === undefined) return;
    const { spid } = transaction;
    for (const rows of portions(changedRows(transaction))) onEvent({ type: "committed", spid, rows });
  });
  if (options.onEvent !== undefined) {
    for (const rows of portions(storedRows(database.tables.values()))) onEvent({ type: "restored", rows });
  }
  const engine: Engine = {
    database,
    now: clock(faults.now),
    elapsed: () => performance.now(),
    parse: parseCache(),
    sources: { random, newId: () => randomUUID().toUpperCase(), hash },
  };
  const requests: Record<RequestKind | "login", number> = {
    login: 0,
    batch: 0,
    rpc: 0,
    transaction: 0,
    attention: 0,
    bulk: 0,
  };
  const connections = new Map<Socket, Promise<void>>();
  let spid = 50;

  /** Sockets whose connection a fault holds up. */
  const waiting = new Set<Socket>();
  const cutAll = (): void => {
    for (const socket of [...connections.keys(), ...waiting]) socket.destroy();
  };
  const count = (kind: RequestKind | "login"): void => {
    requests[kind]++;
  };

  function accept(socket: Socket, refusal?: PlannedError): void {
    if (!waiting.delete(socket) || socket.destroyed) return;
    spid = spid >= 32_000 ? 51 : spid + 1;
    const host = { engine, user, password, spid, onEvent, count, faults, refusal, cutAll };
    const done = serveConnection(socket, host).then(() => {
      connections.delete(socket);
    });
    connections.set(socket, done);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    if (connections.size + waiting.size >= LIMITS.connections) {
      socket.destroy();
      return;
    }
    waiting.add(socket);
    socket.on("error", () => socket.destroy());
    const wire = {
      refuse: (number: string | number) => plannedError(number, spid, name),
      cut: () => socket.destroy(),
      cutAll,
    };
    faults
      .inject(
        "connect",
        () => ({}),
        () => accept(socket),
        wire,
      )
      .catch((error: unknown) => {
        if (error instanceof PlannedError) accept(socket, error);
        else if (error instanceof Lost) waiting.delete(socket);
        else throw error;
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, () => {
      server.off("error", reject);
      resolve();
    });
  }).catch((error: unknown) => {
    database.close();
    throw error;
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      faults.close();
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      cutAll();
      await Promise.all(connections.values());
      await stopped;
      database.close();
    })();
    return closing;
  };

  return {
    port,
    connectionString: `Server=${host},${port};Database=${name};User Id=${user};Password=${password};Encrypt=false;TrustServerCertificate=true`,
    config: {
      server: host,
      port,
      user,
      password,
      database: name,
      options: { encrypt: false, trustServerCertificate: true },
    },
    requests,
    faults,
    counts: () => ({
      connections: connections.size,
      locks: database.locks.counts().resources,
      waiting: database.locks.counts().waiting,
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A clock in ticks that moves with every reading, also within a millisecond, and never back a tick. */
function clock(now: () => number): () => bigint {
  let last = 0n;
  let millis = Number.NaN;
  return () => {
    const time = now();
    if (time === millis) last += 1n;
    else {
      millis = time;
      last = ticksOfMillis(time);
    }
    return last;
  };
}

const ALGORITHMS: Record<string, string> = {
  md5: "md5",
  sha: "sha1",
  sha1: "sha1",
  sha2_256: "sha256",
  sha2_512: "sha512",
};

function hash(algorithm: string, data: Buffer): Buffer | null {
  const name = ALGORITHMS[algorithm.toLowerCase()];
  return name === undefined ? null : createHash(name).update(data).digest();
}
