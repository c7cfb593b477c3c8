import { join } from "node:path";
import process from "node:process";
import { createLiveMap } from "../map/server/map.ts";
import { bundlePage } from "../web/bundle.ts";
import type { LocalStack, LocalStackOptions } from "./local-stack.ts";
import { root } from "./root.ts";

export interface ShownMap {
  /** With the token in its fragment, which browsers keep to themselves. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Makes the live map ready: it hears of the stack from the first event on.
 * @param allowedHosts names by which browsers may reach it besides 127.0.0.1 and localhost
 */
export function prepareMap(allowedHosts: readonly string[]) {
  const map = createLiveMap({ now: Date.now, later: (run, milliseconds) => setTimeout(run, milliseconds) });
  let bundled: ReturnType<typeof bundlePage> | undefined;
  // When the page is first looked at: a start has better things to do, and many are never looked at.
  const assets = () => {
    bundled ??= bundlePage({ page: join(root, "map/page/page.tsx") });
    return bundled;
  };
  const events: Required<Pick<LocalStackOptions, "onEvent" | "onFired" | "telemetry">> = {
    telemetry: { onSpans: map.receiveSpans, mostSpans: 1_000 },
    onEvent: map.receive,
    onFired: map.struck,
  };
  return {
    events,
    async serve(stack: LocalStack): Promise<ShownMap> {
      const { ports, operationsToken: token, url, faults } = stack;
      const server = await map.serve({
        port: ports.map,
        token,
        assets,
        api: { url, token },
        faults,
        forwardedHosts: [...allowedHosts, ...codespacesHosts(process.env, ports.map)],
      });
      return { address: `${server.url}/#token=${token}`, close: server.close };
    },
  };
}

/** The name by which GitHub Codespaces forwards a port, from the variables that it sets. */
export function codespacesHosts(environment: NodeJS.ProcessEnv, port: number): readonly string[] {
  const { CODESPACE_NAME: name, GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: domain } = environment;
  return name === undefined || domain === undefined ? [] : [`${name}-${port}.${domain}`];
}
