import { ConfigurationError } from "./config/errors.ts";
import type { Settings } from "./config/settings.ts";

/** What a worker sees as `process.env`: the settings, and what the real host adds to them. */
export function workerEnvironment(
  settings: Settings,
  facts: { readonly appFolder: string; readonly address: string; readonly instance: number },
): Record<string, string> {
  const runtime = settings.get("FUNCTIONS_WORKER_RUNTIME") ?? "node";
  if (runtime !== "node") {
    throw new ConfigurationError(`FUNCTIONS_WORKER_RUNTIME is "${runtime}"; this host runs "node" only`);
  }
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    FUNCTIONS_EXTENSION_VERSION: "~4",
    ...settings.values,
    FUNCTIONS_WORKER_RUNTIME: runtime,
    AzureWebJobsScriptRoot: facts.appFolder,
    WEBSITE_HOSTNAME: facts.address,
    WEBSITE_INSTANCE_ID: String(facts.instance),
    // A proxy in the environment must not get what is meant for this machine.
    ...noProxy(settings, "NO_PROXY"),
    ...noProxy(settings, "no_proxy"),
  };
}

function noProxy(settings: Settings, name: string): Record<string, string> {
  const given = settings.values[name];
  const hosts = new Set([
    ...(given ?? "").split(",").filter((host) => host !== ""),
    "127.0.0.1",
    "localhost",
  ]);
  return { [name]: [...hosts].join(",") };
}
