import { tmpdir } from "node:os";
import { join } from "node:path";

const loopback = ["127.0.0.1", "localhost"];

/**
 * Keeps the SDKs from sending what is meant for this machine to a proxy that the environment names.
 * @returns NO_PROXY and its lower-case form, with what they held before
 */
export function withoutProxy(env: NodeJS.ProcessEnv): { NO_PROXY: string; no_proxy: string } {
  const before = [env["NO_PROXY"], env["no_proxy"]].flatMap((value) => value?.split(",") ?? []);
  const hosts = [...new Set([...before.map((host) => host.trim()), ...loopback])].filter(
    (host) => host !== "",
  );
  return { NO_PROXY: hosts.join(","), no_proxy: hosts.join(",") };
}

/** Compiled modules are kept between starts: it halves the time that Azurite and the SDKs take to load. */
export const compileCache = (env: NodeJS.ProcessEnv): { NODE_COMPILE_CACHE: string } => ({
  NODE_COMPILE_CACHE: env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "node-compile-cache"),
});
