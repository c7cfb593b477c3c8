import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compose } from "./compose.ts";
import { beginEdit, finishEdit } from "./edit.ts";
import { scratchFolder, textsOf, tinyMaterial, writeFiles } from "./testing.ts";
import { readTree } from "./tree.ts";

const lines = (...list: readonly string[]): string => `${list.join("\n")}\n`;
const first = { exercise: 1, part: "start" } as const;

/** A file that steps 1 and 3 change at its end. */
async function growing() {
  const material = await tinyMaterial();
  const file = (...ends: readonly string[]) => ({
    "shared/a.ts": lines("head", "one", "two", "three", ...ends),
  });
  await writeFiles(join(material.folder, "app"), file("end"));
  await writeFiles(join(material.folder, "steps/01/solution"), file("end of 1"));
  await writeFiles(join(material.folder, "steps/03/solution"), file("end of 1", "end of 3"));
  const folder = join(await scratchFolder(), "edit");
  const textAt = async (exercise: number, part: "start" | "solution") =>
    textsOf(await compose(material, { exercise, part }))["shared/a.ts"];
  return { material, folder, textAt };
}

describe("workshop edit", () => {
  it("carries a change through the later overlays that have the file", async () => {
    const { material, folder, textAt } = await growing();
    await beginEdit(material, first, folder);
    await writeFiles(folder, {
      "shared/a.ts": lines("new head", "one", "two", "three", "end"),
      "new.ts": "n\n",
    });
    expect(await finishEdit(material, first, folder)).toEqual({
      written: [
        "app/new.ts",
        "app/shared/a.ts",
        "steps/01/solution/shared/a.ts",
        "steps/03/solution/shared/a.ts",
      ],
      conflicts: [],
    });
    expect(await textAt(1, "start")).toBe(lines("new head", "one", "two", "three", "end"));
    expect(await textAt(2, "solution")).toBe(lines("new head", "one", "two", "three", "end of 1"));
    expect(await textAt(3, "solution")).toBe(
      lines("new head", "one", "two", "three", "end of 1", "end of 3"),
    );
    expect(existsSync(folder)).toBe(false);
  });

  it("writes an overlay of its own where the state had none, and leaves earlier states alone", async () => {
    const { material, folder, textAt } = await growing();
    const state = { exercise: 3, part: "start" } as const;
    await beginEdit(material, state, folder);
    await writeFiles(folder, { "shared/a.ts": lines("third", "one", "two", "three", "end of 1") });
    const { written } = await finishEdit(material, state, folder);
    expect(written).toEqual(["steps/03/start/shared/a.ts", "steps/03/solution/shared/a.ts"]);
    expect(await textAt(2, "solution")).toBe(lines("head", "one", "two", "three", "end of 1"));
    expect(await textAt(3, "solution")).toBe(lines("third", "one", "two", "three", "end of 1", "end of 3"));
  });

  it("names the overlays that change the same lines", async () => {
    const { material, folder, textAt } = await growing();
    await beginEdit(material, first, folder);
    await writeFiles(folder, { "shared/a.ts": lines("head", "one", "two", "three", "other end") });
    const { conflicts } = await finishEdit(material, first, folder);
    expect(conflicts).toContain("steps/01/solution/shared/a.ts");
    expect(await textAt(1, "solution")).toContain(
      "<<<<<<< the edit\nother end\n=======\nend of 1\n>>>>>>> this step",
    );
  });

  it("refuses what it can't take over, and keeps the edit", async () => {
    const { material, folder } = await growing();
    await expect(finishEdit(material, first, folder)).rejects.toThrow(/is empty: begin the edit/);
    await beginEdit(material, first, folder);
    await expect(beginEdit(material, first, folder)).rejects.toThrow(/holds an edit that was begun/);
    await expect(finishEdit(material, first, folder)).rejects.toThrow(/nothing is changed/);
    expect((await readTree(folder)).size).toBe(3);
  });
});
