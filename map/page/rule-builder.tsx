import { useState } from "preact/hooks";
import type { FaultRule, Vocabulary } from "../protocol.ts";

/** What each kind of fault needs besides its name, and what is taken if nothing is said. */
function faultOf(kind: string, error: string | number, milliseconds: number): FaultRule["fault"] {
  switch (kind) {
    case "refuse":
      return { kind, error };
    case "delay":
    case "freezeWorker":
      return { kind, milliseconds };
    case "clock":
      return { kind, ahead: milliseconds };
    case "killServer":
    case "killWorker":
      return { kind, when: "after" };
    default:
      return { kind };
  }
}

/** Puts a rule together from the words of the fault plan's language. "hold" needs a file: `start --faults`. */
export function RuleBuilder({
  vocabulary,
  onSet,
}: {
  vocabulary: Vocabulary;
  onSet: (rule: FaultRule) => void;
}) {
  const [server, setServer] = useState("serviceBus");
  const [operation, setOperation] = useState("send");
  const [kind, setKind] = useState("loseAnswer");
  const [error, setError] = useState("");
  const [messageType, setMessageType] = useState("");
  const [milliseconds, setMilliseconds] = useState(2_000);
  const [times, setTimes] = useState(1);
  const operations = vocabulary.operations[server] ?? [];
  const errors = vocabulary.errors[server] ?? [];
  const kinds = vocabulary.kinds.filter(
    (each) => each !== "hold" && (each !== "loseLock" || server === "serviceBus"),
  );
  const chosen = operations.includes(operation) ? operation : (operations[0] ?? "");
  const answer = errors.find((each) => String(each) === error) ?? errors[0] ?? "";
  const needsTime = ["delay", "freezeWorker", "clock"].includes(kind);
  return (
    <form
      class="builder"
      onSubmit={(event) => {
        event.preventDefault();
        const about = messageType === "" ? {} : { messageType };
        onSet({
          name: `${kind} during ${chosen} at ${server}${messageType === "" ? "" : `, ${messageType}`}`,
          at: { server, operation: chosen, ...about },
          fault: faultOf(kind, answer, milliseconds),
          times,
        });
      }}
    >
      <Choice
        label="Server"
        value={server}
        options={Object.keys(vocabulary.operations)}
        onChoose={setServer}
      />
      <Choice label="During" value={chosen} options={operations} onChoose={setOperation} />
      <Choice label="What" value={kind} options={kinds} onChoose={setKind} />
      {kind === "refuse" ? (
        <Choice label="Error" value={String(answer)} options={errors.map(String)} onChoose={setError} />
      ) : null}
      {needsTime ? (
        <Count label="Milliseconds" value={milliseconds} most={86_400_000} onChoose={setMilliseconds} />
      ) : null}
      <label>
        Message type{" "}
        <input
          value={messageType}
          placeholder="any"
          onInput={(event) => setMessageType(event.currentTarget.value)}
        />
      </label>
      <Count label="Times" value={times} most={1_000} onChoose={setTimes} />
      <button type="submit">Set</button>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}

export function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

function Count({
  label,
  value,
  most,
  onChoose,
}: {
  label: string;
  value: number;
  most: number;
  onChoose: (value: number) => void;
}) {
  return (
    <label>
      {label}{" "}
      <input
        type="number"
        min="1"
        max={most}
        value={value}
        onInput={(event) => onChoose(Number(event.currentTarget.value))}
      />
    </label>
  );
}
