import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { ConfigurationError } from "./errors.ts";

/** The app's settings, and what bindings read from them. */
export interface Settings {
  /** All of them: what a worker gets as its environment. */
  readonly values: Readonly<Record<string, string>>;
  /** A setting by name, case-insensitively as the real host reads it. */
  get(name: string): string | undefined;
  /** Replaces every `%NAME%` by that setting. @throws ConfigurationError when one is not there. */
  resolve(text: string, where: string): string;
  /** The connection string behind a binding's `connection`. @throws ConfigurationError when there is none. */
  connectionString(name: string, where: string): string;
}

/** Values of local.settings.json, under those of the environment, under those given to the start function. */
export function loadSettings(
  appFolder: string,
  environment: NodeJS.ProcessEnv,
  given: Readonly<Record<string, string>>,
): Settings {
  const fromEnvironment = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return settingsOf({ ...readLocalSettings(appFolder), ...Object.fromEntries(fromEnvironment), ...given });
}

/** Settings by name; see {@link Settings}. */
export function settingsOf(values: Readonly<Record<string, string>>): Settings {
  const byLowerCase = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  // A double underscore is how an environment variable spells a colon.
  const get = (name: string): string | undefined =>
    byLowerCase.get(name.toLowerCase()) ?? byLowerCase.get(name.toLowerCase().replaceAll(":", "__"));

  return {
    values,
    get,
    resolve: (text, where) =>
      text.replace(/%([^%]+)%/g, (_, name: string) => {
        const value = get(name);
        if (value === undefined) {
          throw new ConfigurationError(
            `${where} refers to %${name}%, but there is no setting "${name}": add it to local.settings.json or the environment`,
          );
        }
        return value;
      }),
    connectionString(name, where) {
      const prefixed = [`AzureWebJobs${name}`, name, `ConnectionStrings:${name}`];
      const value = prefixed.map(get).find((candidate) => candidate !== undefined && candidate !== "");
      if (value !== undefined) return value;
      for (const suffix of ["fullyQualifiedNamespace", "accountEndpoint", "blobServiceUri", "credential"]) {
        if (get(`${name}__${suffix}`) === undefined && get(`AzureWebJobs${name}__${suffix}`) === undefined)
          continue;
        throw new ConfigurationError(
          `${where}: "${name}__${suffix}" is an identity-based connection, which this local host does not support; ` +
            `set "${name}" to a connection string`,
        );
      }
      throw new ConfigurationError(
        `${where}: there is no setting "${name}" (or "AzureWebJobs${name}"); it must hold a connection string`,
      );
    },
  };
}

function readLocalSettings(appFolder: string): Record<string, string> {
  const path = join(appFolder, "local.settings.json");
  if (!existsSync(path)) return {};
  const document = readJsonFile(path);
  if (document["IsEncrypted"] === true) {
    throw new ConfigurationError(
      `${path} is encrypted ("IsEncrypted": true); decrypt it with func settings decrypt`,
    );
  }
  const values = document["Values"] ?? {};
  if (typeof values !== "object" || values === null)
    throw new ConfigurationError(`${path}: "Values" is not an object`);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      // The real tools drop anything but strings with a warning that few see.
      if (typeof value !== "string") {
        throw new ConfigurationError(
          `${path}: the value of "${name}" is ${typeof value}; only strings are settings`,
        );
      }
      return [name, value];
    }),
  );
}

/** Reads an object from a JSON file with comments. @throws ConfigurationError naming the file and the place. */
export function readJsonFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigurationError(
      `Could not read ${path}: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  const errors: ParseError[] = [];
  const document: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split("\n").length;
    throw new ConfigurationError(`${path}, line ${line}: ${printParseErrorCode(error.error)}`);
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new ConfigurationError(`${path} does not hold a JSON object`);
  }
  return document as Record<string, unknown>;
}
