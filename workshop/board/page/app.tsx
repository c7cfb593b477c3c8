import { useEffect, useReducer, useRef } from "preact/hooks";
import { problems, type Role, type Setup, sentenceOf, storyOf } from "../../../model/index.ts";
import { freeTable } from "../free.ts";
import type { Situation } from "../game.ts";
import { games } from "../games.ts";
import { holdings } from "../holdings.ts";
import { positionOf } from "../switches.ts";
import { legalMoves, nextOf, openTable, type Plan, reduce, stateOf } from "../table.ts";
import { Band } from "./band.tsx";
import { CardsToPrint } from "./cards-to-print.tsx";
import { CheckerPanel } from "./checker-panel.tsx";
import { FreeSettings } from "./free-settings.tsx";
import { Chaos, Moves } from "./moves.tsx";
import { Places } from "./places.tsx";
import { RuleSwitches } from "./rules.tsx";
import { Ending, Story } from "./story.tsx";
import { Told } from "./told.tsx";
import { useChecker } from "./use-checker.ts";
import { useHash } from "./use-hash.ts";

const situations: readonly Situation[] = [...games, freeTable];
const first: Situation = games[0] ?? freeTable;

export function App() {
  const hash = useHash();
  const situation = situations.find(({ id }) => id.toLowerCase() === hash.toLowerCase()) ?? first;
  return (
    <>
      <Header shown={hash === "cards" ? "cards" : situation.id} />
      {hash === "cards" ? <CardsToPrint /> : <Room key={situation.id} situation={situation} />}
    </>
  );
}

const Header = ({ shown }: { shown: string }) => (
  <header class="bar">
    <h1>Pierogi board</h1>
    <nav aria-label="Games">
      {situations.map(({ id, title }) => (
        <a key={id} href={`#${id}`} aria-current={shown === id ? "page" : undefined}>
          {id === "free" ? title : <span class="tab-id">{id}</span>}
          {id === "free" ? null : <span class="tab-title">{title}</span>}
        </a>
      ))}
      <a href="#cards" aria-current={shown === "cards" ? "page" : undefined}>
        Cards to print
      </a>
    </nav>
  </header>
);

/** One game being played. */
function Room({ situation }: { situation: Situation }) {
  const [table, act] = useReducer(reduce, situation, openTable);
  const checker = useChecker();
  const told = useRef<HTMLElement>(null);
  const { run, plan, past } = table;
  const { setup } = run;
  const game = games.find(({ id }) => id === situation.id);
  const trouble = problems(setup);
  const offers = legalMoves(run).map((move, index) => ({ move, index }));
  const next = plan === undefined ? undefined : nextOf(plan, run);
  const last = run.moves.at(-1);

  // The button that was used may be gone; the keyboard goes on from what has happened.
  useEffect(() => {
    if (run.moves.length > 0 && document.activeElement === document.body)
      told.current?.focus({ preventScroll: true });
  }, [run]);
  // An answer about rules that nobody looks at any more is of no use.
  useEffect(() => {
    if (checker.check !== undefined && checker.check.question.setup !== setup) checker.stop();
  }, [setup]);

  const begin = (chosen: Plan) => {
    act({ type: "plan", plan: chosen });
    act({ type: "step" });
  };
  const change = (changed: Setup) => act({ type: "change", setup: changed });
  const take = (index: number) => act({ type: "move", index });
  const common = { setup, planned: next?.kind === "step" ? next.index : undefined, take };
  const movesOf = (...roles: readonly Role[]) => (
    <Moves {...common} offers={offers.filter(({ move }) => !isFault(move) && roles.includes(move.role))} />
  );
  const story = trouble.length > 0 ? [] : storyOf(setup, run);
  return (
    <main class={game === undefined ? "room open" : "room"}>
      <Band
        {...{ situation, game, plan, next, begin }}
        isChanged={setup !== situation.setup}
        canUndo={past.length > 0}
        step={() => act({ type: "step" })}
        undo={() => act({ type: "undo" })}
        restart={() => act({ type: "restart" })}
      />
      <Told
        {...{ situation, run, trouble }}
        legal={offers.map(({ move }) => move)}
        last={story.at(-1) ?? (last === undefined ? undefined : sentenceOf(setup, last))}
        place={told}
      />
      {trouble.length > 0 ? null : (
        <Places
          held={holdings(setup, stateOf(run))}
          last={last?.fault === undefined ? last : undefined}
          movesOf={movesOf}
        />
      )}
      <Chaos {...common} offers={offers.filter(({ move }) => isFault(move))} />
      <div class="desk">
        {game === undefined ? null : (
          <RuleSwitches
            switches={situation.switches}
            rules={setup.rules}
            change={(rules) => change({ ...setup, rules })}
          />
        )}
        <CheckerPanel {...checker} {...{ situation, setup, begin }} disabled={trouble.length > 0} />
        {game === undefined ? <FreeSettings setup={setup} change={change} /> : null}
        {game !== undefined && isCured(game, setup) ? <Ending game={game} isOver /> : null}
        {trouble.length > 0 ? null : <Story run={run} story={story} />}
        {game === undefined || isCured(game, setup) ? null : <Ending game={game} isOver={false} />}
      </div>
    </main>
  );
}

const isFault = ({ fault }: { fault: unknown }): boolean => fault !== undefined;

const isCured = ({ switches }: Situation, { rules }: Setup): boolean =>
  switches[0] !== undefined && positionOf(switches[0], rules) === 1;
