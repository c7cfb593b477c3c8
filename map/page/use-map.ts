import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { FaultState, Happening, Step, StreamLine, Vocabulary } from "../protocol.ts";
import { listen } from "./connection.ts";
import type { Layout } from "./geometry.ts";
import {
  behind,
  due,
  live,
  nothing,
  type Playback,
  received,
  restarted,
  type Speed,
  stepped,
} from "./playback.ts";
import type { Tokens } from "./tokens.ts";

/** Sentences that the page keeps. */
const SAID = 60;

/** What the page shows of the stream, and how to slow it down. */
export interface MapState {
  readonly connection: "connecting" | "connected" | "lost" | "refused";
  readonly nodes: Playback["nodes"];
  readonly faults: FaultState;
  readonly vocabulary: Vocabulary;
  readonly said: readonly Happening[];
  /** What the server said about this page. */
  readonly note: string;
  readonly speed: Speed;
  readonly behind: number;
  /** Milliseconds between the last thing shown and the last thing that happened. */
  readonly late: number;
  readonly skipped: number;
  /** The last thing that happened, shown or not. */
  readonly latest: number;
}

export interface MapControls {
  setSpeed(speed: Speed): void;
  step(): void;
  setTokens(tokens: Tokens): void;
}

const durations: Readonly<Record<Speed, number>> = { 0: 900, 0.1: 1_100, 0.25: 900, 1: 700 };

const first: MapState = {
  connection: "connecting",
  nodes: {},
  faults: { rules: [], strikes: [] },
  vocabulary: { operations: {}, errors: {}, kinds: [] },
  said: [],
  note: "",
  speed: 1,
  behind: 0,
  late: 0,
  skipped: 0,
  latest: 0,
};

/** Listens to the stream, and shows it once per frame at most. */
export function useMap(token: string, layout: Layout): readonly [MapState, MapControls] {
  const [state, setState] = useState(first);
  const playback = useRef(nothing);
  const tokens = useRef<Tokens | undefined>(undefined);
  const shape = useRef(layout);
  shape.current = layout;

  const show = useCallback((steps: readonly Step[], next: Playback) => {
    playback.current = next;
    tokens.current?.show(
      steps.flatMap(({ moves }) => moves),
      shape.current,
      durations[next.speed],
    );
    const says = steps.flatMap((step) => step.says);
    setState((before) => ({
      ...before,
      nodes: next.nodes,
      speed: next.speed,
      behind: behind(next),
      late: (next.waiting.at(-1)?.at ?? next.happenedAt) - next.happenedAt,
      skipped: next.skipped,
      latest: next.number,
      said: says.length === 0 ? before.said : [...before.said, ...says].slice(-SAID),
    }));
  }, []);

  useEffect(() => {
    let isDirty = false;
    const take = (line: StreamLine): void => {
      if (line.kind === "steps") playback.current = received(playback.current, line.steps);
      else setState((before) => ({ ...before, faults: line.faults }));
      if (line.kind === "snapshot") {
        playback.current = restarted(playback.current, line);
        setState((before) => ({ ...before, vocabulary: line.vocabulary, note: line.note ?? "" }));
      }
      isDirty = true;
    };
    const frame = (now: number): void => {
      const [steps, next] = due(playback.current, now);
      if (steps.length > 0 || isDirty) show(steps, next);
      isDirty = false;
      handle = requestAnimationFrame(frame);
    };
    let handle = requestAnimationFrame(frame);
    void listen(token, {
      onLine: take,
      onState: (connection) => setState((before) => ({ ...before, connection })),
    });
    return () => cancelAnimationFrame(handle);
  }, [token, show]);

  const controls: MapControls = {
    setSpeed(speed) {
      tokens.current?.pause(speed === 0);
      show([], speed === 1 ? live(playback.current) : { ...playback.current, speed });
    },
    step() {
      show(...stepped(playback.current, performance.now()));
    },
    setTokens: useCallback((given: Tokens) => {
      tokens.current = given;
    }, []),
  };
  return [state, controls];
}
