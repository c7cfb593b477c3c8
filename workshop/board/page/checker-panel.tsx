import { useState } from "preact/hooks";
import type { Setup } from "../../../model/index.ts";
import { counted, failures, inWords } from "../checker.ts";
import type { Situation } from "../game.ts";
import type { Plan } from "../table.ts";
import type { Check, Checker } from "./use-checker.ts";

interface Props extends Checker {
  readonly situation: Situation;
  readonly setup: Setup;
  readonly disabled: boolean;
  readonly begin: (plan: Plan) => void;
}

/** The question to the checker, and what it says. An answer about other rules is not shown. */
export function CheckerPanel({ situation, setup, disabled, check, ask, stop, begin }: Props) {
  const [faults, setFaults] = useState(situation.bound);
  const mine = check?.question.setup === setup ? check : undefined;
  const isAtWork = mine !== undefined && mine.answer === undefined && mine.error === undefined;
  return (
    <section class="panel checker" aria-labelledby="checker-title">
      <h2 id="checker-title">The checker</h2>
      <p>
        Does any order of steps, with up to{" "}
        <label>
          <span class="hidden-label">failures at most</span>
          <select value={faults} onChange={({ currentTarget }) => setFaults(Number(currentTarget.value))}>
            {[0, 1, 2, 3, 4].map((count) => (
              <option key={count} value={count}>
                {failures(count)}
              </option>
            ))}
          </select>
        </label>
        , break {situation.promises === undefined ? "a promise" : `“${situation.promises.join("”, “")}”`}?
      </p>
      {isAtWork ? (
        <button type="button" class="primary" onClick={stop}>
          Stop
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          disabled={disabled}
          onClick={() => ask({ setup, faults, promises: situation.promises })}
        >
          Ask the checker
        </button>
      )}
      <div class="answer" aria-live="polite">
        {mine === undefined ? null : <Answered check={mine} begin={begin} />}
      </div>
    </section>
  );
}

function Answered({ check, begin }: { check: Check; begin: (plan: Plan) => void }) {
  const { question, progress, answer, error } = check;
  if (error !== undefined) return <p class="verdict is-broken">The checker failed: {error}</p>;
  if (answer === undefined)
    return (
      <p class="verdict">
        {counted(progress.states)} states so far, with {failures(progress.faults)}
      </p>
    );
  const marks = { holds: "✓", broken: "!", undecided: "?" };
  return (
    <>
      <p class={`verdict is-${answer.verdict}`}>
        <span class="mark" aria-hidden="true">
          {marks[answer.verdict]}
        </span>
        <span>{inWords(answer)}</span>
      </p>
      {answer.verdict === "broken" ? (
        <button
          type="button"
          onClick={() =>
            begin({ title: "what the checker found", setup: question.setup, schedule: answer.schedule })
          }
        >
          Play what it found
        </button>
      ) : null}
    </>
  );
}
