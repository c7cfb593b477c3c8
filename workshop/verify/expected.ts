import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { CheckResult } from "../lab/index.ts";
import type { Material } from "../states/material.ts";
import { WorkshopError } from "../states/problem.ts";
import { isMissing, writeWhole } from "../states/tree.ts";

const Expected = z.record(z.string(), z.record(z.string(), z.string()));
/** State, then check, to "pass" or the message that it must fail with. */
export type Expected = z.infer<typeof Expected>;

const fileOf = ({ folder }: Material): string => join(folder, "expected.json");

/** @throws WorkshopError if the file can't be understood */
export async function readExpected(material: Material): Promise<Expected> {
  const text = await readFile(fileOf(material), "utf8").catch((error: unknown) => {
    if (isMissing(error)) return "{}";
    throw error;
  });
  try {
    return Expected.parse(JSON.parse(text));
  } catch (cause) {
    throw new WorkshopError(`${fileOf(material)}: expected state, check and "pass" or a message: ${cause}`, {
      cause,
    });
  }
}

/** @param states in the order in which they are to be written; others in the file stay */
export const writeExpected = (material: Material, expected: Expected): Promise<void> =>
  writeWhole(fileOf(material), `${JSON.stringify(expected, null, 2)}\n`);

/** What a check did, in the words of expected.json. */
export const verdictOf = ({ passed, message = "" }: CheckResult): string => (passed ? "pass" : message);

/** @returns how the results differ from what is expected, a line for each check */
export function surprises(
  expected: Readonly<Record<string, string>> | undefined,
  results: readonly CheckResult[],
): readonly string[] {
  if (expected === undefined)
    return ["is not in expected.json; `npx pierogi workshop verify --update` writes it"];
  const found = new Map(results.map((result) => [result.name, verdictOf(result)]));
  const names = [...new Set([...Object.keys(expected), ...found.keys()])];
  return names.flatMap((name) => {
    const [wanted, came] = [expected[name], found.get(name)];
    if (wanted === came) return [];
    return [
      `"${name}": expected ${shown(wanted, "no such check")}, got ${shown(came, "nothing: it did not run")}`,
    ];
  });
}

const shown = (verdict: string | undefined, nothing: string): string =>
  verdict === undefined ? nothing : verdict === "pass" ? "a pass" : `"${verdict}"`;
