import { relative, sep } from "node:path";

/** A line of an app's source. */
export interface SourcePlace {
  /** Seen from the app's folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** Reads a frame of a stack: "    at addItem (/…/playground/shared/addItem.ts:9:26)"; nothing if it is not the app's. */
export function placeIn(frame: string, app: string): SourcePlace | undefined {
  const match = /^\s+at (?:.*\()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/.exec(frame);
  if (match === null) return undefined;
  const [, path = "", line, column] = match;
  const file = relative(app, path);
  if (file.startsWith("..") || /^(\w:|[/\\])/.test(file) || file.startsWith("node:")) return undefined;
  return { file: file.split(sep).join("/"), line: Number(line), column: Number(column) };
}

/** The innermost frame of a stack that is the app's. */
export const firstPlaceIn = (stack: string, app: string): SourcePlace | undefined =>
  stack
    .split("\n")
    .map((frame) => placeIn(frame, app))
    .find((place) => place !== undefined);
