import { ConfigError } from "./config-error.ts";

/** How to reach SQL Server: a connection string with user and password, or an Entra identity. */
export type SqlConnection =
  | { readonly kind: "connection string"; readonly value: string }
  | {
      readonly kind: "identity";
      readonly server: string;
      readonly database: string;
      readonly clientId?: string;
    };

const identity = "to use an identity leave Sql empty, and set Sql__server and Sql__database";

/**
 * Reads the settings of the SQL store: `Sql`, or `Sql__server`, `Sql__database` and, for a user-assigned identity,
 * `Sql__clientId`.
 * @throws ConfigError, also for a connection string that the driver would take for something else than it says
 */
export function sqlConnection(environment: Readonly<Record<string, string | undefined>>): SqlConnection {
  const value = environment["Sql"] ?? "";
  if (value !== "") {
    checkConnectionString(value);
    return { kind: "connection string", value };
  }
  const [server, database] = [environment["Sql__server"] ?? "", environment["Sql__database"] ?? ""];
  if (server === "" || database === "") {
    throw new ConfigError(
      "Sql",
      `missing; expected a connection string with User Id and Password, or ${identity}`,
    );
  }
  const clientId = environment["Sql__clientId"] ?? environment["AZURE_CLIENT_ID"];
  return { kind: "identity", server, database, ...(clientId === undefined ? {} : { clientId }) };
}

/** The driver parses these without a word, and then does something else (mssql 12). */
function checkConnectionString(text: string): void {
  const entries = entriesOf(text);
  const valueUnder = (...keys: string[]): string | undefined =>
    keys.map((key) => entries.get(key)).find((found) => found !== undefined);

  const authentication = valueUnder("authentication");
  if (authentication !== undefined && !/^sql ?password$/i.test(authentication)) {
    throw new ConfigError("Sql", `the driver ignores Authentication=${authentication}; ${identity}`);
  }
  const integrated = valueUnder("integrated security", "trusted_connection");
  if (integrated !== undefined && !/^(false|no)$/i.test(integrated)) {
    throw new ConfigError(
      "Sql",
      `the driver ignores Integrated Security and Trusted_Connection; ${identity}`,
    );
  }
  const encrypt = valueUnder("encrypt");
  if (encrypt !== undefined && !/^(true|false|yes|no|mandatory)$/i.test(encrypt)) {
    throw new ConfigError(
      "Sql",
      `the driver takes Encrypt=${encrypt} for Encrypt=True; expected True, Mandatory or False`,
    );
  }
  const needed = {
    Server: valueUnder("server", "data source", "address", "addr", "network address"),
    "User Id": valueUnder("user id", "uid", "user"),
    Password: valueUnder("password", "pwd"),
  };
  const missing = Object.entries(needed).flatMap(([key, found]) => (found === undefined ? [key] : []));
  if (missing.length > 0) {
    throw new ConfigError("Sql", `the connection string has no ${missing.join(" and no ")}; ${identity}`);
  }
}

/** Keys in small letters; a value may stand in quotes and then hold semicolons. */
function entriesOf(text: string): Map<string, string> {
  const entry = /([^;=]+)=\s*("(?:[^"]|"")*"|'(?:[^']|'')*'|[^;]*)/g;
  return new Map(
    [...text.matchAll(entry)].map(([, key = "", value = ""]) => [key.trim().toLowerCase(), value.trim()]),
  );
}
