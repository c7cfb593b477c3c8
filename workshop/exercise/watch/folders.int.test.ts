import { EventEmitter, once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { scratchFolder, writeFiles } from "../../states/testing.ts";
import { watchFolders } from "./folders.ts";

describe("watched folders", () => {
  it("notices a file that was replaced before, a new folder, and a removed one that came back", async () => {
    const folder = await scratchFolder();
    await writeFiles(folder, { "shared/a.ts": "1" });
    const changes = new EventEmitter();
    const watching = await watchFolders(folder, (path) => changes.emit(path));
    onTestFinished(watching.close);
    let marks = 0;
    /** Each write replaces the file, as many editors do. */
    const replaced = async (path: string): Promise<void> => {
      // What is told of earlier writes comes before what is told of this new file.
      const mark = path.replace(/[^/]+$/, `mark-${++marks}`);
      await Promise.all([once(changes, join(folder, mark)), writeFiles(folder, { [mark]: "" })]);
      await Promise.all([once(changes, join(folder, path)), writeFiles(folder, { [path]: "new" })]);
    };
    await replaced("shared/a.ts");
    await replaced("shared/a.ts");
    await Promise.all([once(changes, join(folder, "fresh")), writeFiles(folder, { "fresh/deep/b.ts": "1" })]);
    await watching.refresh();
    await replaced("fresh/deep/b.ts");
    await replaced("fresh/deep/b.ts");
    await Promise.all([
      once(changes, join(folder, "shared")),
      rm(join(folder, "shared"), { recursive: true }),
    ]);
    await watching.refresh();
    await Promise.all([once(changes, join(folder, "shared")), writeFiles(folder, { "shared/a.ts": "4" })]);
    await watching.refresh();
    await replaced("shared/a.ts");
    expect(changes.eventNames()).toEqual([]);
  });
});
