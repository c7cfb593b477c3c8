import type { CommandModule } from "./command.ts";

interface Command {
  readonly name: string;
  readonly help: string;
  /** Loaded only when it is called, so that `pierogi --help` stays quick. */
  readonly load: () => Promise<CommandModule>;
}

/** Every command of the command line, in the order that `pierogi --help` shows. */
export const commands: readonly Command[] = [
  {
    name: "start",
    help: "run everything on this machine until Ctrl-C",
    load: () => import("./commands/start.ts"),
  },
  {
    name: "order",
    help: "add to, change, submit or show an order",
    load: () => import("./commands/order.ts"),
  },
  {
    name: "customer",
    help: "show a customer's payments and coupon",
    load: () => import("./commands/customer.ts"),
  },
  {
    name: "sql",
    help: "run T-SQL on the running stack's SQL Server",
    load: () => import("./commands/sql.ts"),
  },
  {
    name: "demo",
    help: "make a load of orders, then check that each was handled exactly once",
    load: () => import("./commands/demo.ts"),
  },
  {
    name: "chaos",
    help: "the same while everything fails: servers, workers, connections, locks, clocks",
    load: () => import("./commands/chaos.ts"),
  },
  {
    name: "model",
    help: "explore the protocol as a model, and each of its rules broken",
    load: () => import("./commands/model.ts"),
  },
  {
    name: "sabotage",
    help: "break each rule of the real code, and see who notices",
    load: () => import("./commands/sabotage.ts"),
  },
  {
    name: "exercise",
    help: "the workshop's exercises: checks whenever you save, hints, solutions",
    load: () => import("./commands/exercise.ts"),
  },
  {
    name: "workshop",
    help: "verify the workshop's material: every start fails as it should, every solution passes",
    load: () => import("./commands/workshop.ts"),
  },
  {
    name: "doctor",
    help: "check whether this machine is ready for the workshop",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "kit",
    help: "make a folder for a stick: the workshop's install without a network",
    load: () => import("./commands/kit.ts"),
  },
  {
    name: "build",
    help: "bundle functions/ into dist/, as it is deployed",
    load: () => import("./commands/build.ts"),
  },
  {
    name: "test",
    help: "run the tests; arguments are passed on to vitest",
    load: () => import("./commands/test.ts"),
  },
  {
    name: "lint",
    help: "check formatting, lint rules, types, import rules and the lockfile",
    load: () => import("./commands/lint.ts"),
  },
  {
    name: "lectures",
    help: "show the workshop's lectures in the browser",
    load: () => import("./commands/lectures.ts"),
  },
  {
    name: "board",
    help: "play the workshop's role-play games in the browser, and ask the checker",
    load: () => import("./commands/board.ts"),
  },
  {
    name: "reset",
    help: "forget everything that the local servers stored",
    load: () => import("./commands/reset.ts"),
  },
];
