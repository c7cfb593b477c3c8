import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "../bin/root.ts";
import { runNode } from "../bin/tool.ts";

/** A folder below the project, where the playground's packages are found. */
async function playground() {
  await mkdir(join(root, ".local"), { recursive: true });
  const scratch = await mkdtemp(join(root, ".local", "test-exercise-"));
  onTestFinished(() => rm(scratch, { recursive: true, force: true, maxRetries: 10 }));
  const folder = join(scratch, "playground");
  const exercise = (...args: string[]) =>
    runNode([join(root, "bin/pierogi.js"), "exercise", ...args, "--folder", folder], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1" },
    });
  const file = join(folder, "shared/addItem.ts");
  return { folder, saved: join(scratch, "saved"), file, exercise };
}

describe("exercise", () => {
  it("tells who comes late what the code does by now, and where to work", async () => {
    const { folder, exercise } = await playground();
    const { code, stdout, stderr } = await exercise("start", "7");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Exercise 7: De-duplicate by id \(45 minutes\)\n/);
    expect(stdout).toContain("The task   workshop/steps/07/README.md");
    expect(stdout).toContain(`Your code  ${relative(root, folder).replaceAll("\\", "/")} `);
    expect(stdout.trimEnd().split("\n").length).toBeLessThan(22);
    expect(existsSync(join(folder, "host.json"))).toBe(true);
  });

  it("keeps unfinished work when another exercise is started, and brings it back", async () => {
    const { file, saved, exercise } = await playground();
    await exercise("start", "4");
    const mine = `${await readFile(file, "utf8")}// half done\n`;
    await writeFile(file, mine);
    const started = await exercise("start", "7");
    const [name = ""] = await readdir(saved);
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-ex04$/);
    expect(started.stdout).toMatch(/^Your work was copied to \.local\//);
    expect(started.stdout).toContain(`npx pierogi exercise restore ${name}`);
    expect(await readFile(join(saved, name, "shared/addItem.ts"), "utf8")).toBe(mine);
    expect((await exercise("restore")).stdout).toContain(`${name}  exercise 4, 1 file changed`);

    await writeFile(file, "// of exercise 7\n");
    const restored = await exercise("restore", name);
    expect(restored.stdout).toMatch(/is as it was in .*ex04: exercise 4\.\n$/);
    expect(await readFile(file, "utf8")).toBe(mine);
    expect((await readdir(saved)).filter((each) => each.endsWith("-ex07"))).toHaveLength(1);
    expect((await exercise("diff")).stdout).toContain("+// half done");
  });

  it("shows changes, hints and the solution, and goes back to the start", async () => {
    const { folder, file, exercise } = await playground();
    await exercise("start", "1");
    expect((await exercise("diff")).stdout).toBe("nothing is changed yet\n");
    expect((await exercise("hint")).stdout).toMatch(/^Hint 1 of 3\n/);
    expect((await exercise("hint", "3")).stdout).toMatch(/^Hint 3 of 3\n/);
    const shown = await exercise("solution");
    expect(shown.stdout).toContain("+++ b/shared/addItem.ts");
    expect((await exercise("diff")).stdout).toBe("nothing is changed yet\n");

    const before = await readFile(file, "utf8");
    await exercise("solution", "--apply");
    expect(await readFile(file, "utf8")).not.toBe(before);
    expect((await exercise("diff", "--solution")).stdout).toBe("this is the solution\n");
    await rm(join(folder, "functions"), { recursive: true });
    await exercise("reset");
    expect(await readFile(file, "utf8")).toBe(before);
    expect(await readdir(join(folder, "functions"))).toContain("orders.ts");
    const { stdout } = await exercise("list", "--json");
    expect(JSON.parse(stdout)[0]).toEqual({
      number: 1,
      title: "Idempotent business logic",
      timeBox: 25,
      isCurrent: true,
      isPassed: false,
    });
    expect((await exercise("next")).stdout).toMatch(/^Exercise 2: /);
  });

  it("says where the way goes on after the last one, and leaves the work alone", async () => {
    const { exercise, file } = await playground();
    await exercise("start", "10");
    await writeFile(file, "// my work\n");
    expect(await exercise("next")).toMatchObject({
      code: 0,
      stdout: "Exercise 10 was the last one. How it goes on: workshop/TO-THE-PRODUCT.md\n",
    });
    expect(await readFile(file, "utf8")).toBe("// my work\n");
  });

  it("says what to do when it can't", async () => {
    const { exercise, folder } = await playground();
    const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
      [["check"], 1, /no exercise was started in .*playground; begin with `npx pierogi exercise start 1`/],
      [["start"], 2, /expected a number, as in `npx pierogi exercise start 1`/],
      [["start", "abc"], 2, /the exercise is "abc"; expected a number of 1 to 10/],
      [["start", "42"], 1, /there is no exercise 42; expected a number of 1 to 10/],
      [["strat", "1"], 2, /unknown word "strat" after exercise; did you mean "start"\?/],
      [["reset", "4"], 2, /unexpected argument "4"/],
      [["hint", "4"], 2, /the hint is "4"; expected a whole number from 1 to 3/],
      [["restore", "x"], 1, /nothing was saved yet/],
    ];
    for (const [args, code, words] of refusals) {
      expect(await exercise(...args)).toMatchObject({
        code,
        stdout: "",
        stderr: expect.stringMatching(words),
      });
    }
    expect(existsSync(folder)).toBe(false);
    const outside = await runNode([
      join(root, "bin/pierogi.js"),
      "exercise",
      "list",
      "--folder",
      "/elsewhere",
    ]);
    expect(outside).toMatchObject({ code: 2, stderr: expect.stringContaining("expected a folder below") });
  });
});
