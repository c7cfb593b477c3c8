import { styleText } from "node:util";
import type { Log } from "../emulators/stack.ts";

const isWarning = /^(warn|error|critical|fatal)/i;

/**
 * Prints what the servers say: warnings and errors always; with `steps` also what the app prints, which is a
 * line for each step of a message. Coloured on a terminal, unless NO_COLOR is set.
 */
export const logPrinter =
  (what: "steps" | "warnings", write: (line: string) => void = console.log) =>
  ({ server, level, category, message, functionName }: Log): void => {
    if (isWarning.test(level)) {
      const said = category === "Worker.stderr" ? message : `${functionName ?? server}: ${message}`;
      write(styleText(level.startsWith("w") ? "yellow" : "red", said));
    } else if (what === "steps" && isAppOutput(category)) {
      write(message);
    }
  };

const isAppOutput = (category: string | undefined) => category === "Worker.stdout" || category === "func";
