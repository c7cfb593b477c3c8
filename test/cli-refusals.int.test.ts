import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../bin/root.ts";
import { runNode } from "../bin/tool.ts";
import { scratchFolder } from "./running.ts";

const pierogiIn = (folder: string, line: string) =>
  runNode([join(root, "bin/pierogi.js"), ...line.split(" ")], { cwd: folder });

const nobody = "--url http://127.0.0.1:1";

describe("a command line with a mistake is refused, and says what is expected", () => {
  it.each([
    ["lint foo", 'unexpected argument "foo"\nUsage: npx pierogi lint'],
    ["build foo", 'unexpected argument "foo"\nUsage: npx pierogi build'],
    ["reset --force", "unknown option --force\nUsage: npx pierogi reset"],
    [
      "start --port-bse 17000",
      "unknown option --port-bse; did you mean --port-base?\nUsage: npx pierogi start",
    ],
    ["order", "expected what to do\nUsage: npx pierogi order add"],
    ["order ad 1 Meat", 'did you mean "add"?'],
    [`order add 1 Meat two ${nobody}`, 'portions is "two"; expected a whole number from 1 to 100'],
    [`order add 1 Meat 0 ${nobody}`, "expected a whole number from 1 to 100"],
    [`order add 1 Met ${nobody}`, 'filling is "Met"; did you mean "Meat"? There are Spinach, Meat,'],
    [`order remove 1 Pizza ${nobody}`, 'filling is "Pizza"; there are Spinach, Meat,'],
    [`order submit .. ${nobody}`, "order is \"..\"; expected 1 to 64 letters, digits, '.', '_', '~' or '-'"],
    [`order add 1 Meat --customer a/b ${nobody}`, '--customer is "a/b"; expected 1 to 64'],
    [`customer show . ${nobody}`, 'customer is "."; expected 1 to 64'],
    ["order show 1 --url localhost:7071", "expected an address such as http://localhost:7071"],
    ["doctor --port-base 65530", '--port-base is "65530"; expected a whole number from 1 to 65528'],
    ["chaos --compare --plan all", "leave out --plan"],
    ["chaos --compare --instances 2", "leave out --instances"],
    ["kit", "expected --to FOLDER"],
    ["kit --to .", '--to is ".", which is not empty'],
    ["kit --to new-kit --os linux,windows", '--os has "windows"; expected some of win32, darwin, linux'],
  ])("%s", async (line, expected) => {
    const { code, stdout, stderr } = await pierogiIn(root, line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(expected);
  });
});

describe("a data folder", () => {
  it("is meant relative to where the command is called, and only a stack's own is removed", async () => {
    const folder = await scratchFolder();
    expect(await pierogiIn(folder, "reset --data mine")).toEqual({
      code: 0,
      stdout: "nothing to remove: there is no mine\n",
      stderr: "",
    });
    await mkdir(join(folder, "mine/cosmos"), { recursive: true });
    await writeFile(join(folder, "mine/notes.txt"), "");
    expect(await pierogiIn(folder, "reset --data mine")).toMatchObject({
      code: 1,
      stderr: "pierogi: mine holds more than a stack's data (notes.txt), so nothing was removed\n",
    });
    await mkdir(join(folder, "other/cosmos"), { recursive: true });
    expect(await pierogiIn(folder, "reset --data other")).toMatchObject({
      code: 0,
      stdout: "removed other\n",
    });
    expect(existsSync(join(folder, "other"))).toBe(false);
    expect(existsSync(join(folder, "mine/notes.txt"))).toBe(true);
  });

  it("that is a file is called that, whoever needs it", async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, "mine"), "");
    for (const line of ["start --data mine", "reset --data mine", "order show 1 --data mine"]) {
      expect(await pierogiIn(folder, line)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("mine should be a folder, but is a file"),
      });
    }
  });
});

it("asks for `npm ci` where the packages are missing", async () => {
  const folder = await scratchFolder();
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await cp(join(root, "bin"), join(folder, "bin"), { recursive: true });
  const { code, stderr } = await runNode([join(folder, "bin/pierogi.js"), "start"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^pierogi.*: run `npm ci` first, .*\n$/),
  });
});
