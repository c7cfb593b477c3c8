import { type Command, faultKinds, type Setup } from "../../../model/index.ts";
import { clockSwitches, ruleSwitches, wishes, withFault } from "../free.ts";
import { RuleList } from "./rules.tsx";

interface Props {
  readonly setup: Setup;
  readonly change: (setup: Setup) => void;
}

/** Everything that the model can be told, in drawers. */
export function FreeSettings({ setup, change }: Props) {
  const list = (switches: typeof ruleSwitches) => (
    <RuleList switches={switches} rules={setup.rules} change={(rules) => change({ ...setup, rules })} />
  );
  return (
    <section class="panel free" aria-labelledby="settings">
      <h2 id="settings">The situation</h2>
      <Script setup={setup} change={change} />
      <details>
        <summary>What may fail ({setup.faults.length})</summary>
        <div class="checks">
          {faultKinds.map((fault) => (
            <label key={fault}>
              <input
                type="checkbox"
                checked={setup.faults.includes(fault)}
                onChange={({ currentTarget }) =>
                  change(withFault(setup, faultKinds, fault, currentTarget.checked))
                }
              />
              {fault}
            </label>
          ))}
        </div>
      </details>
      <details>
        <summary>Rules</summary>
        {list(ruleSwitches)}
      </details>
      <details>
        <summary>Receivers</summary>
        <Receivers setup={setup} change={change} />
      </details>
      <details>
        <summary>Time</summary>
        <div class="rule-list">
          <Choice
            title="Ticks of the clock (0: none)"
            values={[0, 4, 5]}
            value={setup.ticks}
            choose={(ticks) => change({ ...setup, ticks })}
          />
        </div>
        {list(clockSwitches)}
      </details>
    </section>
  );
}

const Receivers = ({ setup, change }: Props) => (
  <div class="rule-list">
    <Choice
      title="Billing's handlers (0: it hears at once)"
      values={[0, 1, 2] as const}
      value={setup.billingHandlers}
      choose={(billingHandlers) => change({ ...setup, billingHandlers })}
    />
    <label>
      <span>Marketing listens</span>
      <input
        type="checkbox"
        checked={setup.marketing}
        onChange={({ currentTarget }) => change({ ...setup, marketing: currentTarget.checked })}
      />
    </label>
  </div>
);

/** What the client wants: up to three commands. */
function Script({ setup, change }: Props) {
  const { script } = setup;
  const set = (place: number, command: Command | undefined) =>
    change({
      ...setup,
      script: command === undefined ? script.slice(0, place) : script.with(place, command),
    });
  const places = Math.min(3, script.length + 1);
  return (
    <div class="rule-list script">
      {Array.from({ length: places }, (_, place) => (
        <label key={`command ${place + 1}`}>
          <span>{["The client wants to", "then", "then"][place]}</span>
          <select
            value={indexOf(script[place])}
            onChange={({ currentTarget }) => {
              const command = wishes[Number(currentTarget.value)]?.command;
              if (command !== undefined && place === script.length)
                change({ ...setup, script: [...script, command] });
              else set(place, command);
            }}
          >
            {place === 0 ? null : <option value={-1}>nothing more</option>}
            {wishes.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

const indexOf = (command: Command | undefined): number =>
  wishes.findIndex(({ command: each }) => each.type === command?.type && each.filling === command.filling);

function Choice<T extends number>(props: {
  readonly title: string;
  readonly values: readonly T[];
  readonly value: T;
  readonly choose: (value: T) => void;
}) {
  const { title, values, value, choose } = props;
  return (
    <label>
      <span>{title}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = values[currentTarget.selectedIndex];
          if (chosen !== undefined) choose(chosen);
        }}
      >
        {values.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
