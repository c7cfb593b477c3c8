import type { Rules } from "../../../model/index.ts";
import { positionOf, type Switch } from "../switches.ts";

interface Props {
  readonly switches: readonly Switch[];
  readonly rules: Rules;
  readonly change: (rules: Rules) => void;
}

/** The rules of the moment, for the audience to change; a change begins the game again. */
export const RuleSwitches = ({ switches, rules, change }: Props) => (
  <section class="panel rules" aria-labelledby="rules">
    <h2 id="rules">Rules of the moment</h2>
    {switches.map((each) => (
      <fieldset key={each.title}>
        <legend>{each.title} …</legend>
        {each.positions.map(({ label, rules: set }, index) => (
          <label key={label}>
            <input
              type="radio"
              name={each.title}
              checked={positionOf(each, rules) === index}
              onChange={() => change({ ...rules, ...set })}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
    ))}
  </section>
);

/** Many switches in little room: what the model calls each rule stands beside it. */
export const RuleList = ({ switches, rules, change }: Props) => (
  <div class="rule-list">
    {switches.map((each) => (
      <label key={each.title}>
        <span>
          {each.title} <code>{each.name}</code>
        </span>
        <select
          value={positionOf(each, rules)}
          onChange={({ currentTarget }) =>
            change({ ...rules, ...each.positions[Number(currentTarget.value)]?.rules })
          }
        >
          {each.positions.map(({ label }, index) => (
            <option key={label} value={index}>
              {label}
            </option>
          ))}
        </select>
      </label>
    ))}
  </div>
);
