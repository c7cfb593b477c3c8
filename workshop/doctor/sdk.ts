import { setTimeout as sleep } from "node:timers/promises";
import { CosmosClient } from "@azure/cosmos";
import { ServiceBusClient } from "@azure/service-bus";
import mssql from "mssql";
import type { Connections } from "../../emulators/stack.ts";

/** The three services by their unmodified SDKs. */
export interface Sdk {
  /** Sends a message of this type to the function's queue. */
  send(type: string): Promise<void>;
  /** The types of the next messages that the function has sent on, or none within a second. */
  heard(): Promise<readonly string[]>;
  /** Creates a document. @returns its `_ts`, in milliseconds */
  create(id: string): Promise<number>;
  /** Reads it back. */
  read(id: string): Promise<unknown>;
  /** Has SQL Server add one to a number. */
  addOne(to: number): Promise<unknown>;
  close(): Promise<void>;
}

export async function connect({ serviceBus, cosmos, sql }: Connections): Promise<Sdk> {
  const bus = new ServiceBusClient(serviceBus);
  const sender = bus.createSender("doctor");
  const receiver = bus.createReceiver("heard", { receiveMode: "receiveAndDelete" });
  const account = new CosmosClient(cosmos);
  const { items } = account.database("doctor").container("doctor");
  const item = (id: string) => account.database("doctor").container("doctor").item(id, id);
  const pool = await new mssql.ConnectionPool(sql).connect();
  return {
    send: (type) => sender.sendMessages({ subject: type, body: type }),
    heard: async () =>
      (await receiver.receiveMessages(20, { maxWaitTimeInMs: 1_000 })).map(({ body }) => String(body)),
    create: async (id) => ((await items.create({ id })).resource?._ts ?? 0) * 1_000,
    read: async (id) => (await item(id).read<{ id: string }>()).resource?.id,
    async addOne(to) {
      const { recordset } = await pool
        .request()
        .input("number", mssql.Int, to)
        .query("SELECT @number + 1 AS sum");
      return recordset[0]?.sum;
    },
    async close() {
      await Promise.all([bus.close(), pool.close()]);
      account.dispose();
    },
  };
}

/** Tries again until it succeeds: while a server that was killed comes back. @throws the last error at the end */
export async function patiently<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(100);
    }
  }
}
