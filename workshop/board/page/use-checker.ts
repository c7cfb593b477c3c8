import { useEffect, useRef, useState } from "preact/hooks";
import type { Progress } from "../../../model/index.ts";
import { type Answer, type Question, type Report, stoppedAt } from "../checker.ts";

export interface Check {
  readonly question: Question;
  readonly progress: Progress;
  readonly answer?: Answer;
  readonly error?: string;
}

export interface Checker {
  readonly check: Check | undefined;
  readonly ask: (question: Question) => void;
  readonly stop: () => void;
}

const nothingYet: Progress = { states: 0, stored: 0, faults: 0 };

/** The checker in a worker of its own, so that the page stays awake; one question at a time. */
export function useChecker(): Checker {
  const [check, setCheck] = useState<Check>();
  const worker = useRef<Worker | undefined>(undefined);

  function end(): void {
    worker.current?.terminate();
    worker.current = undefined;
  }

  function ask(question: Question): void {
    end();
    setCheck({ question, progress: nothingYet });
    const started = startWorker();
    worker.current = started;
    const told = (report: Report): void => {
      // What a worker said before it was ended may still be on its way.
      if (worker.current !== started) return;
      setCheck((before) => ({ question, progress: before?.progress ?? nothingYet, ...report }));
      if (!("progress" in report)) end();
    };
    started.onmessage = ({ data }: MessageEvent<Report>) => told(data);
    started.onerror = ({ message }) => told({ error: message || "the checker could not be loaded" });
    started.postMessage(question);
  }

  function stop(): void {
    if (worker.current === undefined) return;
    end();
    setCheck((before) => (before === undefined ? before : { ...before, answer: stoppedAt(before.progress) }));
  }

  useEffect(() => end, []);
  return { check, ask, stop };
}

/** From the server a file; in the page that opens from disk, the script that it carries, which imports nothing. */
function startWorker(): Worker {
  const carried = document.getElementById("checker")?.textContent;
  return carried === null || carried === undefined
    ? new Worker("checker.js", { type: "module" })
    : new Worker(URL.createObjectURL(new Blob([carried], { type: "text/javascript" })));
}
