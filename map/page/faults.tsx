import { useState } from "preact/hooks";
import type { FaultRule, FaultState, NodeId, Vocabulary } from "../protocol.ts";
import type { Ask } from "./connection.ts";
import { RuleBuilder } from "./rule-builder.tsx";
import type { Scene } from "./scenes.ts";
import { clockTime, titleOf } from "./words.ts";

export interface FaultActions {
  readonly problem: string;
  add(rule: FaultRule): void;
  remove(name: string): void;
  lift(): void;
  restart(server: string): void;
}

/** Sets and lifts faults; the stream tells what came of it. */
export function useFaults(ask: Ask): FaultActions {
  const [problem, setProblem] = useState("");
  const doing = (work: Promise<unknown>): void => {
    work.then(
      () => setProblem(""),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return {
    problem,
    add: (rule) => doing(ask("/faults", { method: "POST", body: { rules: [rule] } })),
    remove: (name) => doing(ask(`/faults?name=${encodeURIComponent(name)}`, { method: "DELETE" })),
    lift: () => doing(ask("/faults", { method: "DELETE" })),
    restart: (server) => doing(ask(`/restart?server=${server}`, { method: "POST" })),
  };
}

export interface FaultsProps {
  readonly faults: FaultState;
  readonly vocabulary: Vocabulary;
  readonly scenes: readonly Scene[];
  readonly actions: FaultActions;
}

/** Everything that goes wrong on purpose. */
export function Faults({ faults, vocabulary, scenes, actions }: FaultsProps) {
  return (
    <section aria-labelledby="faults-title">
      <h2 id="faults-title">Let something go wrong</h2>
      <Problem text={actions.problem} />
      <Scenes scenes={scenes} onSet={actions.add} />
      <h3>Set now</h3>
      <Armed faults={faults} actions={actions} />
      <h3>Kill a server, and start it again on the same data</h3>
      <p class="buttons">
        {["serviceBus", "cosmos", "sql", "host"].map((server) => (
          <button key={server} type="button" onClick={() => actions.restart(server)}>
            {titleOf(server)}
          </button>
        ))}
      </p>
      <h3>Your own fault</h3>
      <RuleBuilder vocabulary={vocabulary} onSet={actions.add} />
      <h3>What struck</h3>
      <Strikes faults={faults} />
    </section>
  );
}

export function Problem({ text }: { text: string }) {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

export function Scenes({ scenes, onSet }: { scenes: readonly Scene[]; onSet: (rule: FaultRule) => void }) {
  return (
    <ul class="scenes">
      {scenes.map(({ label, hint, rule }) => (
        <li key={label}>
          <button type="button" onClick={() => onSet({ ...rule, name: label })}>
            ⚡ {label}
          </button>
          <span class="soft">{hint}</span>
        </li>
      ))}
    </ul>
  );
}

/** The rules of the plan, those of one place or all of them. */
export function Armed({
  faults,
  actions,
  node,
}: {
  faults: FaultState;
  actions: FaultActions;
  node?: NodeId;
}) {
  const rules = faults.rules.filter((rule) => node === undefined || rule.node === node);
  if (rules.length === 0) return <p class="soft">No fault is set{node === undefined ? "" : " here"}.</p>;
  return (
    <>
      <ul class="armed">
        {rules.map(({ name, fired, times = 1 }) => (
          <li key={name} class={times !== "always" && fired >= times ? "over" : ""}>
            <span>
              {name}: struck {fired} of {times === "always" ? "any number" : times}
            </span>
            <button type="button" onClick={() => actions.remove(name)} aria-label={`Lift ${name}`}>
              Lift
            </button>
          </li>
        ))}
      </ul>
      {node === undefined ? (
        <button type="button" class="main" onClick={actions.lift}>
          Lift all
        </button>
      ) : null}
    </>
  );
}

function Strikes({ faults }: { faults: FaultState }) {
  if (faults.strikes.length === 0) return <p class="soft">Nothing has struck yet.</p>;
  return (
    <ol class="strikes">
      {faults.strikes.map(({ number, at, kind, where, rule, node }) => (
        <li key={number}>
          <time>{clockTime(at)}</time> ⚡ {kind} at {titleOf(node)} ({where}): {rule}
        </li>
      ))}
    </ol>
  );
}
