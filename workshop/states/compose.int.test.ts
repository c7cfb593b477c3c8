import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compose, idleFiles } from "./compose.ts";
import { exercisesOf, fingerprintOfMaterial } from "./material.ts";
import { textsOf, tinyMaterial, writeFiles } from "./testing.ts";
import { differences } from "./tree.ts";

describe("states", () => {
  it("lays the overlays up to a state over the first app", async () => {
    const material = await tinyMaterial();
    const app = { "host.json": "{}\n" };
    expect(textsOf(await compose(material, { exercise: 1, part: "start" }))).toEqual({
      ...app,
      "shared/a.ts": "a0\n",
      "shared/b.ts": "b0\n",
    });
    const second = { ...app, "shared/a.ts": "a1\n", "shared/b.ts": "b2\n" };
    expect(textsOf(await compose(material, { exercise: 2, part: "start" }))).toEqual(second);
    const solved = { ...second, "shared/c.ts": "c2\n" };
    expect(textsOf(await compose(material, { exercise: 2, part: "solution" }))).toEqual(solved);
    expect(textsOf(await compose(material, { exercise: 3, part: "start" }))).toEqual(solved);
    expect(await exercisesOf(material)).toEqual([1, 2, 3]);
  });

  it("leaves out what tools put beside an app", async () => {
    const material = await tinyMaterial();
    await writeFiles(join(material.folder, "app"), { "node_modules/x/index.js": "", "dist/a.js": "" });
    const paths = [...(await compose(material, { exercise: 1, part: "start" })).keys()];
    expect(paths).toEqual(["host.json", "shared/a.ts", "shared/b.ts"]);
  });

  it("names a file of an overlay that is as it was", async () => {
    const material = await tinyMaterial();
    expect(await idleFiles(material, { exercise: 3, part: "solution" })).toEqual([]);
    await writeFiles(join(material.folder, "steps/03/start/shared"), { "c.ts": "c2\n" });
    expect(await idleFiles(material, { exercise: 3, part: "start" })).toEqual(["steps/03/start/shared/c.ts"]);
  });

  it("notices an edit of the workshop's own files, but not of its texts", async () => {
    const material = await tinyMaterial();
    const before = await fingerprintOfMaterial(material);
    await writeFiles(join(material.folder, "steps/02"), {
      "README.md": "new",
      "solution/shared/c.ts": "c3\n",
    });
    expect(differences(before, await fingerprintOfMaterial(material))).toEqual([
      "steps/02/solution/shared/c.ts",
    ]);
  });
});
