import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { during } from "../../emulators/faults/index.ts";
import { compose } from "../states/compose.ts";
import { workshopMaterial } from "../states/material.ts";
import { placeOf, writeWhole } from "../states/tree.ts";
import { check, fail, type Lab, startLab } from "./index.ts";

const local = join(import.meta.dirname, "../../.local");
let lab: Lab;
/** The first exercise's solution, below this project, where its packages are found. */
let folder: string;

beforeAll(async () => {
  await mkdir(local, { recursive: true });
  folder = await mkdtemp(join(local, "test-lab-"));
  for (const [path, content] of await compose(workshopMaterial, { exercise: 1, part: "solution" })) {
    await writeWhole(placeOf(folder, path), content);
  }
  lab = await startLab();
});
afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

const adds = check("adds", async (lab) => {
  const order = lab.order();
  await order.addItem("Spinach");
  await lab.rest();
  if ((await order.order())?.["lines"] === undefined) fail("nothing was stored");
});

const verdicts = async (...checks: Parameters<Lab["run"]>[0]["checks"]) => {
  const run = await lab.run({ folder, checks });
  if (run.kind === "broken") return run.problems;
  return run.results.map(({ name, message }) => (message === undefined ? name : `${name}: ${message}`));
};

describe("the lab", () => {
  it("fails a check for what it throws, and that check alone", async () => {
    const throws = check("throws", async () => {
      throw new TypeError("lines is not iterable");
    });
    const fails = check("fails", async () => fail("expected 1, got 2"));
    expect(await verdicts(throws, fails, adds)).toEqual([
      expect.stringMatching(/^throws: .*lines is not iterable$/),
      "fails: expected 1, got 2",
      "adds",
    ]);
  });

  it("fails a check whose fault never strikes, and lifts its faults for the next", async () => {
    const refused = (container: string) =>
      during("cosmos", "create").of(container).named(`${container} are refused`).times("always").refuse(413);
    const elsewhere = check("elsewhere", async (lab) => {
      await lab.faults(refused("nowhere"));
      await adds.run(lab);
    });
    const struck = check("struck", async (lab) => {
      await lab.faults(refused("orders"));
      await adds.run(lab);
    });
    expect(await verdicts(elsewhere, struck, adds)).toEqual([
      "elsewhere: fault never fired: nowhere are refused",
      "struck: nothing was stored",
      "adds",
    ]);
  });

  it("ends after the check that runs when it is told to", async () => {
    const over = new AbortController();
    const ends = check("ends", async () => over.abort());
    const run = await lab.run({ folder, checks: [ends, adds], signal: over.signal });
    expect(run).toMatchObject({ kind: "checked", results: [{ name: "ends" }] });
  });

  it("names the line that throws while the app is loaded", async () => {
    const file = join(folder, "shared/late.ts");
    await writeFile(file, '\nthrow new Error("no setting");\n');
    await writeFile(join(folder, "functions/late.ts"), 'import "../shared/late.ts";\n');
    expect(await verdicts(adds)).toEqual([
      expect.objectContaining({
        file: "shared/late.ts",
        line: 2,
        message: expect.stringContaining("no setting"),
      }),
    ]);
    await rm(join(folder, "functions/late.ts"));
    await rm(file);
  });

  it("runs an app that imports a package of its own choice", async () => {
    await writeFile(
      join(folder, "functions/extra.ts"),
      'import { z } from "zod";\nif (!z.string().safeParse("a").success) throw new Error("no zod");\n',
    );
    expect(await verdicts(adds)).toEqual(["adds"]);
    await rm(join(folder, "functions/extra.ts"));
  });
});
