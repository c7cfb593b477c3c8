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
    const watching = await watchFolders(folder, () => changes.emit("change"));
    onTestFinished(watching.close);
    // Each write replaces the file, as many editors do.
    const changedBy = async (files: Readonly<Record<string, string>>): Promise<void> => {
      await Promise.all([once(changes, "change"), writeFiles(folder, files)]);
      await watching.refresh();
    };
    await changedBy({ "shared/a.ts": "2" });
    await changedBy({ "shared/a.ts": "3" });
    await changedBy({ "fresh/deep/b.ts": "1" });
    await changedBy({ "fresh/deep/b.ts": "2" });
    await Promise.all([once(changes, "change"), rm(join(folder, "shared"), { recursive: true })]);
    await watching.refresh();
    await changedBy({ "shared/a.ts": "4" });
    await changedBy({ "shared/a.ts": "5" });
    expect(changes.listenerCount("change")).toBe(0);
  });
});
