import { type Speed, speeds } from "./playback.ts";
import type { MapControls, MapState } from "./use-map.ts";
import { age } from "./words.ts";

const names: Readonly<Record<Speed, string>> = { 1: "live", 0.25: "slow", 0.1: "slower", 0: "pause" };

/** How fast the page shows what happens; the system itself goes on. */
export function PlaybackControls({ state, controls }: { state: MapState; controls: MapControls }) {
  const { speed, behind, late, skipped } = state;
  return (
    <fieldset class="playback">
      <legend class="hidden-label">Speed of the picture</legend>
      {speeds.map((each) => (
        <label key={each} class={each === speed ? "on" : ""}>
          <input
            type="radio"
            name="speed"
            checked={each === speed}
            onChange={() => controls.setSpeed(each)}
          />
          {names[each]}
        </label>
      ))}
      <button type="button" onClick={controls.step} disabled={speed !== 0 || behind === 0}>
        Step
      </button>
      <span class="behind">
        {behind === 0 ? "up to date" : `${behind} events behind (${age(late)}): the system goes on`}
        {skipped > 0 ? `, ${skipped} left out` : ""}
      </span>
    </fieldset>
  );
}
