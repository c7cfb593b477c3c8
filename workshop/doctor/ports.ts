import process from "node:process";
import { checkPorts, loopback } from "../../emulators/stack/ports.ts";
import { anyPorts, PortError, type Ports, portsFrom } from "../../emulators/stack.ts";
import { type Holder, portHolder } from "./port-holder.ts";
import { failed, ok, type Verdict } from "./verdict.ts";

/** A port that can't be had. */
export interface Taken {
  readonly port: number;
  /** EADDRINUSE, or what else the system said. */
  readonly code: string;
  readonly holder: Holder | undefined;
}

/**
 * @param base the first of eight free ports in a row
 * @param own the address of this project's stack, if one runs: its ports are meant to be taken
 */
export function portsVerdict(ports: Ports, taken: readonly Taken[], base: number, own?: string): Verdict {
  const all = Object.values(ports).join(", ");
  if (taken.length === 0) return ok(all);
  if (own !== undefined) return ok(`${all}: some are taken by this project's stack at ${own}, which runs`);
  return failed(
    `${all} to be free`,
    taken.map(describe).join(", "),
    `end that program, or use others: \`npx pierogi start --port-base ${base}\``,
  );
}

/** The first of eight free ports in a row, from 17000 on. */
export async function freeBase(): Promise<number> {
  let base = 17_000;
  while ((await takenPorts(portsFrom(base))).length > 0) base += 100;
  return base;
}

function describe({ port, code, holder }: Taken): string {
  if (holder !== undefined) return `${port} taken by ${holder.name} (process ${holder.pid})`;
  return code === "EADDRINUSE" ? `${port} taken, by whom can't be told` : `${port} refused (${code})`;
}

/** Tries each port in turn. */
export async function takenPorts(ports: Ports): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const [name, port] of Object.entries(ports)) {
    try {
      await checkPorts({ ...anyPorts, [name]: port }, loopback);
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      const holder = await portHolder(port, process.platform);
      taken.push({ port, code: error.code, holder });
    }
  }
  return taken;
}
