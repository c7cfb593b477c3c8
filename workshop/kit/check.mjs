// Compares this kit with SHA256SUMS, by any Node: a stick or a copy may have lost something.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const lines = readFileSync(join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
const problems = lines.flatMap((line) => {
  const [sum, name] = line.split("  ");
  const file = join(folder, name);
  if (!existsSync(file)) return [`missing: ${name}`];
  const found = createHash("sha256").update(readFileSync(file)).digest("hex");
  return found === sum ? [] : [`damaged: ${name}`];
});
for (const problem of problems.slice(0, 10)) process.stdout.write(`${problem}\n`);
process.stdout.write(
  problems.length === 0
    ? `${lines.length} files, all as they were made\n`
    : `${problems.length} of ${lines.length} files are missing or damaged: copy the kit again\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
