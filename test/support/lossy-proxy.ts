import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of a server that counts turns, and can swallow an answer after the server has given it. */
export interface LossyProxy {
  readonly port: number;
  /** The next bytes of the server are not passed on; the client's connection is cut instead. */
  loseNextAnswer(): void;
  /** How often, since the last call, a client spoke after the server had: requests made at once are one turn. */
  takeTurns(): number;
  close(): Promise<void>;
}

export async function lossyProxy(targetPort: number, targetHost = "127.0.0.1"): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let losing = false;
  let turns = 0;
  let isAsking = false;

  const server = createServer((client) => {
    const upstream = connect(targetPort, targetHost);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // The other side hears of it by "close".
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", () => {
      if (!isAsking) turns++;
      isAsking = true;
    });
    client.pipe(upstream);
    upstream.on("data", (chunk) => {
      isAsking = false;
      if (losing) {
        losing = false;
        client.destroy();
      } else client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");

  return {
    port: address.port,
    loseNextAnswer: () => {
      losing = true;
    },
    takeTurns() {
      const taken = turns;
      turns = 0;
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
