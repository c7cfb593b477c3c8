import process from "node:process";
import {
  during,
  type FaultControl,
  type FaultKind,
  faultKinds,
  type Plan,
  plan,
  type RuleInput,
} from "../../emulators/faults/index.ts";
import { firstLine } from "../first-line.ts";
import { patiently, type Sdk } from "./sdk.ts";
import { failed, ok, type Verdict } from "./verdict.ts";

/** A message of this type is on its way to the function. */
const handling = (type: string) => during("host", "invoke").of("doctor").carrying(type);
const creating = (id: string) => during("cosmos", "create").of("doctor").with({ id });
const atMost = 3_000;
const hour = 3_600_000;

/** One rule for each kind of fault there is, named like it. */
const rules: Readonly<Record<FaultKind, RuleInput>> = {
  refuse: handling("refuse").named("refuse").refuse("FunctionFailed"),
  loseRequest: handling("loseRequest").named("loseRequest").loseRequest(),
  loseAnswer: handling("loseAnswer").named("loseAnswer").loseAnswer(),
  delay: handling("delay").named("delay").delay(50),
  hold: handling("hold").named("hold").holdUntil(creating("release"), atMost),
  reorder: handling("reorder").named("reorder").letTheNextPass(atMost),
  twice: handling("twice").named("twice").applyTwice(),
  loseLock: during("serviceBus", "deliver").of("doctor").carrying("loseLock").named("loseLock").loseLock(),
  cut: handling("cut").named("cut").cutAllConnections(),
  killServer: during("cosmos", "read").with({ id: "killServer" }).named("killServer").killServer("before", 0),
  killWorker: handling("killWorker").named("killWorker").killWorker("before"),
  freezeWorker: handling("freezeWorker").named("freezeWorker").freezeWorker(100),
  clock: creating("clock").named("clock").moveClock(hour),
};
/** And one for each server that a client of it must hear of, as the exercises use them. */
const refusals: readonly RuleInput[] = [
  creating("refused").named("Cosmos DB's 413").refuse(413),
  during("sql").about("1205").named("SQL Server's 1205").refuse(1205),
  during("serviceBus", "send")
    .carrying("refused")
    .named("Service Bus's EntityDisabled")
    .refuse("EntityDisabled"),
];

export const everyFault: Plan = plan(1, ...Object.values(rules), ...refusals);

/** How often the function runs for a message of this kind, at least. */
const runs: Partial<Record<FaultKind, number>> = { twice: 2, loseAnswer: 2, loseLock: 2 };
/** What strikes elsewhere, or by itself. */
const apart: readonly FaultKind[] = ["killServer", "clock", "hold", "killWorker"];

/**
 * Lets every kind of fault strike, and looks whether what it struck heard of it.
 * @param now milliseconds since 1970
 * @param signal ends the waiting
 */
export async function faultsVerdict(
  sdk: Sdk,
  control: FaultControl,
  signal: AbortSignal,
  now: () => number,
): Promise<Verdict> {
  const heardOf = listener(sdk, signal);
  const together = faultKinds.filter((kind) => !apart.includes(kind));
  const steps: readonly (readonly [() => Promise<unknown>, readonly FaultKind[]])[] = [
    [() => Promise.all(["hold", ...together].map((kind) => sdk.send(kind))), together],
    [() => sdk.create("release"), ["hold"]],
    // Alone: whatever else runs in that worker would fail with it.
    [() => sdk.send("killWorker"), ["killWorker"]],
  ];
  for (const [act, kinds] of steps) {
    await act();
    const missing = await heardOf(kinds);
    // The time is used up: what follows would fail for that reason alone.
    if (missing.length > 0) return verdictOf(missing, process.platform);
  }

  const problems = await refusalProblems(sdk);
  await sdk.create("killServer");
  if ((await patiently(() => sdk.read("killServer"), signal)) !== "killServer") {
    problems.push("killServer: the document is gone");
  }
  const stored = await patiently(() => sdk.create("clock"), signal);
  if (stored < now() + hour / 2) problems.push("clock: the document bears the old time");

  problems.push(...control.unfired().map((name) => `${name} never struck`));
  return verdictOf(problems, process.platform);
}

export function verdictOf(problems: readonly string[], os: NodeJS.Platform): Verdict {
  const without = os === "win32" ? "; freezeWorker does nothing on Windows, and no exercise needs it" : "";
  if (problems.length === 0)
    return ok(`all ${faultKinds.length} kinds, and each server's refusals${without}`);
  return failed(
    "every kind of fault to strike and be heard of",
    problems.join(", "),
    "close other programs and run it again; if the same one stays, show this line to the facilitator",
  );
}

/** @returns waits until the function has run for each of these kinds; what is missing in the end */
function listener(sdk: Sdk, signal: AbortSignal) {
  const counts = new Map<string, number>();
  const missing = (kinds: readonly FaultKind[]): FaultKind[] =>
    kinds.filter((kind) => (counts.get(kind) ?? 0) < (runs[kind] ?? 1));
  return async (kinds: readonly FaultKind[]): Promise<string[]> => {
    while (missing(kinds).length > 0 && !signal.aborted) {
      for (const kind of await sdk.heard()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return missing(kinds).map(
      (kind) => `${kind}: the function ran ${counts.get(kind) ?? 0} times instead of ${runs[kind] ?? 1}`,
    );
  };
}

/** A refusal must reach the SDK's caller as the service's own error. */
async function refusalProblems(sdk: Sdk): Promise<string[]> {
  const expected: readonly [string, () => Promise<unknown>, (error: object) => boolean][] = [
    ["Cosmos DB's 413", () => sdk.create("refused"), (error) => "code" in error && error.code === 413],
    ["SQL Server's 1205", () => sdk.addOne(1205), (error) => "number" in error && error.number === 1205],
    ["Service Bus's EntityDisabled", () => sdk.send("refused"), (error) => "code" in error],
  ];
  const problems = expected.map(async ([name, act, isMeant]) => {
    try {
      await act();
      return [`${name}: it was accepted`];
    } catch (error) {
      const isRight = typeof error === "object" && error !== null && isMeant(error);
      return isRight ? [] : [`${name}: ${firstLine(error)}`];
    }
  });
  return (await Promise.all(problems)).flat();
}
