import { nearest } from "./nearest.ts";

/**
 * What is wrong with a command line, in our words: the command's usage names every option that there is.
 * @param error what parseArgs threw
 * @returns undefined for any other error
 */
export function optionProblem(error: unknown, usage: string): string | undefined {
  if (!(error instanceof TypeError && "code" in error)) return undefined;
  const problem = problemOf(String(error.code), error.message, usage);
  return problem === undefined ? undefined : `${problem}\n${formsIn(usage)}`;
}

function problemOf(code: string, message: string, usage: string): string | undefined {
  // Node's message begins with what it quotes: the option or argument.
  const [, quoted = ""] = /'([^']*)'/.exec(message) ?? [];
  const [option = quoted] = quoted.split(" ");
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION": {
      const meant = nearest(quoted, optionsIn(usage));
      return `unknown option ${quoted}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    }
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      return `unexpected argument "${quoted}"`;
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      return message.includes("does not take")
        ? `${option} takes no value`
        : `${option} needs a value (one that begins with a dash: ${option}=-…)`;
    default:
      return undefined;
  }
}

/** The first paragraph: every form of the command. */
const formsIn = (usage: string): string => usage.split("\n\n", 1).join();

const optionsIn = (usage: string): string[] => [...new Set(usage.match(/--[a-z][a-z-]*/g))];
