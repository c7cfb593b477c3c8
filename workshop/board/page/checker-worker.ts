import { ask, type Question, type Report } from "../checker.ts";

const report = (said: Report): void => postMessage(said);

/** Thinks without a pause: who wants it to stop ends the worker. */
addEventListener("message", ({ data }: MessageEvent<Question>) => {
  try {
    const work = ask(data);
    for (;;) {
      const turn = work.next();
      if (turn.done) {
        report({ answer: turn.value });
        return;
      }
      report({ progress: turn.value });
    }
  } catch (error) {
    report({ error: error instanceof Error ? error.message : String(error) });
  }
});
