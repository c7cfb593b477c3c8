import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchFolder, textsOf, writeFiles } from "../states/testing.ts";
import { readTree } from "../states/tree.ts";
import {
  type Next,
  type Place,
  placeAt,
  progressWith,
  readPlayground,
  replacePlayground,
} from "./playground.ts";
import { writeProgress } from "./progress.ts";
import { findSaved, listSaved, readSaved } from "./saved.ts";

const noon = new Date(2026, 10, 24, 12, 5, 9);

const next = (exercise: number, files: Readonly<Record<string, string>>): Next => {
  const tree = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const startedAt = noon.toISOString();
  return {
    tree,
    progress: progressWith(tree, { exercise, part: "start", startedAt, material: {}, passed: [] }),
  };
};

const start = next(1, { "shared/a.ts": "a", "host.json": "{}" });
const later = next(4, { "shared/a.ts": "a4", "shared/z/new.ts": "new" });

const emptyPlace = async (): Promise<Place> => placeAt(join(await scratchFolder(), "playground"));

async function textsIn(place: Place): Promise<Record<string, string>> {
  return textsOf((await readPlayground(place))?.tree ?? new Map());
}

describe("playground", () => {
  it("becomes what is asked for; nothing is saved when nothing was changed", async () => {
    const place = await emptyPlace();
    expect(await replacePlayground(place, start, noon)).toBeUndefined();
    expect(await textsIn(place)).toEqual({ "shared/a.ts": "a", "host.json": "{}" });
    expect(await replacePlayground(place, later, noon)).toBeUndefined();
    expect(await textsIn(place)).toEqual({ "shared/a.ts": "a4", "shared/z/new.ts": "new" });
    expect((await readPlayground(place))?.progress.exercise).toBe(4);
    expect(await replacePlayground(place, start, noon)).toBeUndefined();
    expect(await readdir(join(place.folder, "shared"))).toEqual(["a.ts"]);
  });

  it("saves changed and added files before they are overwritten, under date and exercise", async () => {
    const place = await emptyPlace();
    await replacePlayground(place, start, noon);
    await writeFiles(place.folder, { "shared/a.ts": "mine", "notes.txt": "my notes" });
    const name = await replacePlayground(place, later, noon);
    expect(name).toBe("2026-11-24T12-05-09-ex01");
    expect(await textsIn(place)).toEqual({ "shared/a.ts": "a4", "shared/z/new.ts": "new" });
    const [saved] = await listSaved(place.savedFolder);
    expect(saved).toMatchObject({
      name,
      progress: { exercise: 1 },
      changes: { changed: ["shared/a.ts"], added: ["notes.txt"], removed: [] },
    });
    expect(textsOf(await readSaved(place.savedFolder, name ?? ""))).toEqual({
      "shared/a.ts": "mine",
      "notes.txt": "my notes",
      "host.json": "{}",
    });
  });

  it("never takes a name twice", async () => {
    const place = await emptyPlace();
    await replacePlayground(place, start, noon);
    const names: unknown[] = [];
    for (const text of ["first", "second", "third"]) {
      await writeFiles(place.folder, { "shared/a.ts": text });
      names.push(await replacePlayground(place, start, noon));
    }
    expect(new Set(names).size).toBe(3);
    const saved = await listSaved(place.savedFolder);
    expect(saved.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(() => findSaved(saved, "2026")).toThrow(
      /more than one is called "2026"; expected one of\n {2}2026-/,
    );
    expect(findSaved(saved, "ex01-2").name).toBe("2026-11-24T12-05-09-ex01-2");
  });

  it("brings back what was deleted, and has nothing to save for it", async () => {
    const place = await emptyPlace();
    await replacePlayground(place, start, noon);
    await rm(join(place.folder, "shared"), { recursive: true });
    expect((await readPlayground(place))?.changes.removed).toEqual(["shared/a.ts"]);
    expect(await replacePlayground(place, start, noon)).toBeUndefined();
    expect(await textsIn(place)).toEqual({ "shared/a.ts": "a", "host.json": "{}" });
  });

  it("leaves alone what tools and git put there", async () => {
    const place = await emptyPlace();
    await replacePlayground(place, start, noon);
    const foreign = { ".git/HEAD": "ref", "node_modules/x.js": "x", "dist/y.js": "y" };
    await writeFiles(place.folder, foreign);
    expect(await replacePlayground(place, later, noon)).toBeUndefined();
    for (const path of Object.keys(foreign)) {
      expect(await readdir(join(place.folder, path, ".."))).toHaveLength(1);
    }
  });

  it("refuses a folder that holds something else, and changes nothing there", async () => {
    const place = await emptyPlace();
    await writeFiles(place.folder, { "thesis.txt": "years of work" });
    await expect(replacePlayground(place, start, noon)).rejects.toThrow(
      /playground holds thesis.txt, but no exercise was started there; expected an empty folder or none/,
    );
    expect(await readdir(place.folder)).toEqual(["thesis.txt"]);
  });

  it("does not write through a link", async () => {
    const place = await emptyPlace();
    await replacePlayground(place, start, noon);
    const elsewhere = await scratchFolder();
    await writeFile(join(elsewhere, "a.ts"), "of somebody else");
    await rm(join(place.folder, "shared"), { recursive: true });
    await symlink(elsewhere, join(place.folder, "shared"), "junction");
    await expect(replacePlayground(place, later, noon)).rejects.toThrow(
      /shared is in the way; expected a folder/,
    );
    expect(textsOf(await readTree(elsewhere))).toEqual({ "a.ts": "of somebody else" });
  });

  it("goes on after it was interrupted, and what is there counts as work", async () => {
    const place = await emptyPlace();
    await replacePlayground(place, start, noon);
    // As a process leaves it that died after its first file, and then the attendee wrote something.
    await writeProgress(place.folder, { ...start.progress, writing: "4" });
    await writeFiles(place.folder, {
      "shared/z/new.ts": "new",
      "shared/.half-1": "half a fi",
      "mine.ts": "mine",
    });
    const name = await replacePlayground(place, later, noon);
    expect(await textsIn(place)).toEqual({ "shared/a.ts": "a4", "shared/z/new.ts": "new" });
    expect(textsOf(await readSaved(place.savedFolder, name ?? ""))).toMatchObject({ "mine.ts": "mine" });
    expect((await readPlayground(place))?.progress.writing).toBeUndefined();
  });

  it("tells when its own file is damaged, and touches nothing", async () => {
    const place = await emptyPlace();
    await writeFiles(place.folder, { ".exercise.json": '{"exercise": "four"}', "a.ts": "mine" });
    await expect(replacePlayground(place, start, noon)).rejects.toThrow(
      /\.exercise\.json is not what an exercise writes/,
    );
    expect(textsOf(await readTree(place.folder))).toMatchObject({ "a.ts": "mine" });
  });

  it("takes an empty folder that is there already", async () => {
    const place = await emptyPlace();
    await mkdir(place.folder, { recursive: true });
    await replacePlayground(place, start, noon);
    expect(Object.keys(await textsIn(place))).toHaveLength(2);
  });
});
