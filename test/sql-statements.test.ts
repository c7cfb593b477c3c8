import { describe, expect, it } from "vitest";
import { auditStatements } from "../bin/demo/sql-view.ts";
import { applyStatement, readMigrations } from "../bin/sql/migrations.ts";
import { tokenize } from "../emulators/sql/lexer/lexer.ts";
import { parseBatch } from "../emulators/sql/parser/parse.ts";
import { billingTables } from "../shared/stores/sql/billing-tables.ts";
import { statementsOf } from "../shared/stores/sql/statements.ts";
import { jsonState } from "../shared/stores/sql/tables.ts";

/** Everything that this project sends to a SQL server is in the embedded server's language. */

/** The variables that a batch uses and does not declare: its parameters. */
function parametersOf(text: string): string[] {
  const words = tokenize(text).map((token) => token.text);
  const declared = new Set(words.filter((_word, n) => words[n - 1]?.toUpperCase() === "DECLARE"));
  return [...new Set(words.filter((word) => /^@[^@]/.test(word) && !declared.has(word)))].map((word) =>
    word.toLowerCase(),
  );
}

const parses = (text: string) => expect(parseBatch(text, parametersOf(text)).length).toBeGreaterThan(0);

describe("statements of the store", () => {
  const batches = (["orders", "billing", "marketing"] as const).flatMap((endpoint) => {
    const tables = endpoint === "billing" ? billingTables : jsonState(endpoint);
    const { remove, ...texts } = statementsOf(endpoint, tables);
    return Object.entries({ ...texts, remove: remove("list0") }).map(([name, text]) => ({
      what: `${endpoint}: ${name}`,
      text,
    }));
  });
  it.each(batches)("$what", ({ text }) => parses(text));
});

it.each(Object.entries(auditStatements))("the audit's statement: %s", (_name, text) => parses(text));

describe("migrations", () => {
  it("all of them, and their runner's statement", async () => {
    const migrations = await readMigrations();
    expect(migrations.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const { text } of migrations) parses(text);
    parses(applyStatement);
  });
});
