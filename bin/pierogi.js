#!/usr/bin/env node
// Plain JavaScript that an old Node can read: it only checks the Node in use, then hands over to main.ts.
import { existsSync } from "node:fs";
import module from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);

const packages = fileURLToPath(new URL("../node_modules/", import.meta.url));

// A package that every command needs: an install that broke off counts as none.
if (!existsSync(`${packages}zod`)) {
  console.error(
    "pierogi's packages are not installed: run `npm ci` first, in the folder with its package.json.",
  );
  process.exitCode = 1;
} else if (major > 22 || (major === 22 && minor >= 18)) {
  // Compiled modules are kept between calls: most of a short command's time goes into loading.
  module.enableCompileCache();
  import("./main.ts")
    .then(({ main }) => main(process.argv.slice(2)))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        console.error(error);
        process.exitCode = 1;
      },
    );
} else {
  const hasOwnNode = ["node", "node.exe"].some((program) => existsSync(`${packages}node/bin/${program}`));
  console.error(`pierogi needs Node 22.18 or newer; this is ${process.version} at ${process.execPath}.`);
  console.error(
    hasOwnNode
      ? "Run it as `npx pierogi`, which uses the Node that `npm ci` put into this project, or install Node 24."
      : "Let npm fetch the project's own Node: `npm ci --ignore-scripts=false` (its install script was blocked), or install Node 24.",
  );
  process.exitCode = 1;
}
