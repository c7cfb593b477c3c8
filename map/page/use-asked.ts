import { useEffect, useRef, useState } from "preact/hooks";
import type { Ask } from "./connection.ts";

/** Milliseconds in which all that happens is one reason to ask again. */
const TOGETHER = 400;

/**
 * What the server answers to a path, asked again when something has happened.
 * @param latest the last thing that happened
 * @returns undefined before the first answer, and where there is none
 */
export function useAsked<Result>(ask: Ask, path: string, latest: number): Result | undefined {
  const [answer, setAnswer] = useState<{ readonly path: string; readonly result: Result }>();
  const settled = useSettled(latest);
  useEffect(() => {
    let isOver = false;
    ask<Result>(path).then(
      (result) => isOver || setAnswer({ path, result }),
      () => isOver || setAnswer(undefined),
    );
    return () => {
      isOver = true;
    };
  }, [ask, path, settled]);
  return answer?.path === path ? answer.result : undefined;
}

/** A value that changes now and then, however often the given one does. */
function useSettled<Value>(value: Value): Value {
  const [shown, setShown] = useState(value);
  const newest = useRef(value);
  newest.current = value;
  const timer = useRef<number | undefined>(undefined);
  // Each new value is a reason to look; the timer sees the newest.
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setShown(newest.current);
    }, TOGETHER);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return shown;
}
