import type { Problem } from "./build.ts";
import { firstPlaceIn } from "./place.ts";

/**
 * Tells why an app does not load: at the attendee's own line, if one has thrown.
 * @param folder of the app as it is written
 * @param bundled of the app as it runs
 * @param message of the functions host
 * @param stack of what was thrown, with the lines of the source; empty if nothing was
 */
export function loadProblem(folder: string, bundled: string, message: string, stack: string): Problem {
  const place = firstPlaceIn(stack, folder);
  if (place === undefined) return { file: "functions", message: message.replaceAll(bundled, "") };
  const [, reason = message] = /^Could not load .+?\.js: (.*)$/s.exec(message) ?? [];
  return { ...place, message: `${reason} (thrown while the file is loaded, at its top level or below it)` };
}
