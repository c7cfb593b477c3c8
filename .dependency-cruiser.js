/** The import rules of CONTRIBUTING ("Who may import whom"); `pierogi lint` fails when one is broken. */
export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle hides which module is the lower one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "functions-are-thin",
      comment: "functions/ hold a binding and one call into shared/.",
      severity: "error",
      from: { path: "^functions/" },
      to: { pathNot: ["^functions/", "^shared/", "^node_modules/@azure/functions/"] },
    },
    {
      name: "no-tests-in-functions",
      comment: "main is a glob over the built functions: a test there would be deployed.",
      severity: "error",
      from: { path: "^functions/.*\\.test\\.ts$" },
      to: {},
    },
    {
      name: "shared-knows-no-host",
      comment: "The program does not know what runs it; it meets the local servers on the wire only.",
      severity: "error",
      from: { path: "^shared/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(functions|emulators|workshop|bin|test|model|bench|web|map)/" },
    },
    {
      name: "emulators-know-no-program",
      comment: "A local server is usable by any program.",
      severity: "error",
      from: { path: "^emulators/" },
      to: { path: "^(functions|shared|workshop|bin|test|model|bench|web|map)/" },
    },
    {
      name: "business-is-pure",
      comment: "shared/pierogi: no SDK, no clock, no I/O; zod describes its messages.",
      severity: "error",
      from: { path: "^shared/pierogi/", pathNot: "\\.test\\.ts$" },
      to: { pathNot: ["^shared/pierogi/", "^node_modules/zod/"] },
    },
    {
      name: "core-sees-no-sdk",
      comment: "shared/exactly-once sees Store, Publisher, a clock and a random source as plain functions.",
      severity: "error",
      from: { path: "^shared/exactly-once/", pathNot: "\\.test\\.ts$" },
      to: { path: "^node_modules/(@azure|mssql|tedious|rhea|@opentelemetry)/" },
    },
    {
      name: "model-stands-alone",
      comment: "The model also runs in a browser worker.",
      severity: "error",
      from: { path: "^model/", pathNot: ["\\.test\\.ts$", "/testing\\.ts$"] },
      to: { pathNot: "^model/" },
    },
    {
      name: "servers-stand-alone",
      comment: "Each local server is a package of its own; only the stack starts them together.",
      severity: "error",
      from: { path: "^emulators/([^/]+)/.+", pathNot: ["\\.test\\.ts$", "^emulators/stack/"] },
      to: { path: "^emulators/", pathNot: ["^emulators/$1/", "^emulators/(faults|server-process)/"] },
    },
    {
      name: "workshop-is-below-the-command-line",
      comment: "The commands call the workshop; tests may call them.",
      severity: "error",
      from: { path: "^workshop/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(functions|bin|test|bench|map)/" },
    },
    {
      name: "map-sees-servers-only",
      comment:
        "What the live map shows comes from the servers' events and from telemetry, not from the program.",
      severity: "error",
      from: { path: "^map/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(functions|shared|workshop|bin|test|model|bench)/" },
    },
    {
      name: "web-knows-no-page",
      comment: "What all pages share does not know one of them.",
      severity: "error",
      from: { path: "^web/" },
      to: {
        path: "^(functions|shared|emulators|workshop|bin|test|model|bench|map)/",
        // What every server on loopback checks.
        pathNot: "^emulators/server-process/",
      },
    },
    {
      name: "pages-run-in-browsers",
      comment: "A browser has neither Node's modules nor the servers'.",
      severity: "error",
      from: { path: "^(map|workshop/board)/page/", pathNot: "\\.test\\.ts$" },
      to: {
        pathNot: [
          "^(map|workshop/board)/page/",
          "^(map/protocol|workshop/board/[^/]+)\\.ts$",
          "^model/",
          "^web/.*\\.css$",
          "^node_modules/preact/",
        ],
      },
    },
    {
      name: "no-undeclared-package",
      comment: "An import that package.json does not declare works by accident.",
      severity: "error",
      from: { pathNot: "/fixtures/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-dev-package-in-program",
      comment: "What is deployed must not need a development package.",
      severity: "error",
      from: { path: "^(shared|functions)/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    // Only at the root: packages have a dist/ of their own, and what is excluded breaks no rule. The workshop's
    // overlays are no programs (`pierogi workshop verify` checks what they make together), the doctor's app has a
    // package.json of its own, and the lectures' scripts are resolved by the browser. It can't read TSX: `bin/lint/page-imports.ts` does.
    exclude: {
      path: [
        "\\.tsx$",
        "^(dist|\\.local|playground|saved)/",
        "^workshop/(app|doctor/app|lectures/browser|steps/[^/]+/(start|solution))/",
      ],
    },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
