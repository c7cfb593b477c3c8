import { type Ports, StartError } from "../../emulators/stack.ts";
import { firstLine } from "../first-line.ts";
import type { System } from "../lockfile.ts";
import { diskVerdict } from "./disk.ts";
import { everyFault, faultsVerdict } from "./faults.ts";
import { nativeVerdict } from "./native-packages.ts";
import { nodeFacts, nodeVerdict, shellNodeVerdict } from "./node-version.ts";
import { freeBase, portsVerdict, takenPorts } from "./ports.ts";
import { roundTripVerdict } from "./round-trip.ts";
import { connect } from "./sdk.ts";
import { withStack } from "./stack.ts";
import { type Check, failed, ok, type Verdict } from "./verdict.ts";

export interface Examination {
  /** The project's folder, with node_modules and package-lock.json. */
  readonly root: string;
  /** Where a stack keeps its data. */
  readonly dataFolder: string;
  readonly system: System;
  readonly env: NodeJS.ProcessEnv;
  /** Those that a stack will want. */
  readonly ports: Ports;
  /** Address of this project's stack, if one runs. */
  readonly ownStack: string | undefined;
  /** Builds the product's functions. */
  readonly build: () => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onCheck: (check: Check) => void;
}

/** Milliseconds for round trip and faults together: a quiet machine takes a tenth of it. */
const patience = 60_000;

/** Whether a machine is ready for the workshop: all its checks, in order. */
export async function examine(of: Examination): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const add = (name: string, verdict: Verdict): void => {
    const check = { name, ...verdict };
    checks.push(check);
    of.onCheck(check);
  };
  const node = await nodeFacts(of.root, of.env);
  add("Node", nodeVerdict(node));
  add("Node of the shell", shellNodeVerdict(node));
  add("native packages", await nativeVerdict(of.root, of.system));
  add("disk", await diskVerdict(of.dataFolder));
  add("ports", portsVerdict(of.ports, await takenPorts(of.ports), await freeBase(), of.ownStack));
  add("build", await buildVerdict(of.build, of.signal));
  await examineServers(of, add);
  return checks;
}

async function buildVerdict(build: () => Promise<void>, signal: AbortSignal): Promise<Verdict> {
  try {
    await build();
    return ok("the functions are bundled");
  } catch (error) {
    // A Ctrl-C ends esbuild's process, too.
    signal.throwIfAborted();
    return failed(
      "the functions to be bundled",
      firstLine(error),
      "`npm ci`, with the package esbuild allowed to run",
    );
  }
}

async function examineServers(of: Examination, add: (name: string, verdict: Verdict) => void): Promise<void> {
  const left = ["servers", "round trip", "faults"];
  const done = (verdict: Verdict): void => add(left.shift() ?? "servers", verdict);
  try {
    await withStack(everyFault, of.signal, async (stack) => {
      done(ok("Service Bus, Cosmos DB, SQL Server, Azurite and the functions host run"));
      const signal = AbortSignal.any([of.signal, AbortSignal.timeout(patience)]);
      const sdk = await connect(stack.connections);
      try {
        done(await roundTripVerdict(sdk, signal));
        done(await faultsVerdict(sdk, stack.faults, signal, of.now));
      } finally {
        await sdk.close();
      }
    });
  } catch (error) {
    of.signal.throwIfAborted();
    done(
      failed(
        error instanceof StartError ? "all servers to start" : "an answer",
        firstLine(error),
        "let the virus scanner and firewall alone with Node (127.0.0.1 only), then run it again",
      ),
    );
    for (const name of left.splice(0)) add(name, { status: "skipped", found: "it needs what failed above" });
  }
}
