import { setTimeout as sleep } from "node:timers/promises";
import {
  createFaultControl,
  createFaultEndpoint,
  type FaultControl,
  type FaultedServer,
  type Firing,
  type Plan,
} from "../faults/index.ts";
import type { Child } from "./child.ts";
import { loopback } from "./ports.ts";

export interface StackFaults {
  readonly control: FaultControl;
  /** Opens the endpoint. @returns its port */
  listen(port: number, token: string): Promise<number>;
  /** Closes the endpoint; no server that a fault has killed comes back. */
  close(): Promise<void>;
}

export interface StackFaultOptions {
  readonly servers: Readonly<Record<FaultedServer, Child<unknown>>>;
  readonly plan: Plan | undefined;
  /** A fault struck. */
  readonly onFired: ((firing: Firing) => void) | undefined;
  /** A server that a fault had killed did not come back. */
  readonly onFailure: (error: unknown) => void;
}

/** The stack's part in the fault plan. */
export function stackFaults({ servers, plan, onFired, onFailure }: StackFaultOptions): StackFaults {
  const ended = new AbortController();
  const control = createFaultControl({
    servers,
    onFailure,
    ...(onFired === undefined ? {} : { onFired }),
    wait: (milliseconds) => sleep(milliseconds, undefined, { signal: ended.signal }).catch(() => {}),
  });
  // No server runs yet: each gets it at its start.
  if (plan !== undefined) void control.setPlan(plan);
  let endpoint: ReturnType<typeof createFaultEndpoint> | undefined;
  return {
    control,
    listen(port, token) {
      const server = createFaultEndpoint(control, token);
      endpoint = server;
      return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, loopback, () => {
          const address = server.address();
          resolve(typeof address === "object" && address !== null ? address.port : port);
        });
      });
    },
    async close() {
      ended.abort();
      endpoint?.close();
      endpoint?.closeAllConnections();
      await control.close();
    },
  };
}
