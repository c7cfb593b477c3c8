import type { Game, Situation } from "../game.ts";
import type { Next, Plan } from "../table.ts";

interface Props {
  readonly situation: Situation;
  readonly game: Game | undefined;
  readonly plan: Plan | undefined;
  readonly next: Next | undefined;
  /** Other rules than at the beginning of the game. */
  readonly isChanged: boolean;
  readonly canUndo: boolean;
  readonly begin: (plan: Plan) => void;
  readonly step: () => void;
  readonly undo: () => void;
  readonly restart: () => void;
}

/** What is played, and the facilitator's buttons. */
export function Band(props: Props) {
  const { situation, game, next, canUndo, undo, restart } = props;
  return (
    <section class="band" aria-labelledby="game">
      <div class="what">
        <h2 id="game">
          {situation.id === "free" ? "" : `${situation.id} `}
          {situation.title}
        </h2>
        <p class="rules-at-start">{situation.rules}</p>
        {game === undefined ? null : (
          <p class="you-break">
            <strong>Chaos:</strong> {game.youBreak}
          </p>
        )}
      </div>
      <div class="controls">
        {next?.kind === "step" ? <StepButton {...props} next={next} /> : <Begin {...props} />}
        <button type="button" disabled={!canUndo} onClick={undo}>
          Undo
        </button>
        <button type="button" disabled={!canUndo} onClick={restart}>
          Restart
        </button>
      </div>
    </section>
  );
}

const StepButton = ({ plan, step, next }: Props & { next: Next & { kind: "step" } }) => (
  <button type="button" class="primary" onClick={step}>
    Next step{" "}
    <span class="of">
      ({next.done + 1} of {plan?.schedule.length})
    </span>
  </button>
);

function Begin({ game, isChanged, begin }: Props) {
  if (game === undefined) return null;
  const { breaks, setup } = game;
  return (
    <>
      {breaks.map(({ title, schedule }) => (
        <button key={title} type="button" class="primary" onClick={() => begin({ title, schedule, setup })}>
          <span aria-hidden="true">▶ </span>
          {breaks.length === 1 ? "Play the break" : title}
          {isChanged ? " (old rules)" : ""}
        </button>
      ))}
    </>
  );
}
