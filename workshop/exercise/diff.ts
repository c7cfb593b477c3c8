import { createTwoFilesPatch } from "diff";
import type { Tree } from "../states/tree.ts";

/** The unified diff of two trees; empty if they are the same. */
export function diffOf(before: Tree, after: Tree): string {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => !isSame(before.get(path), after.get(path)))
    .map((path) => patch(path, before.get(path), after.get(path)))
    .join("\n");
}

const isSame = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one !== undefined && other !== undefined && textOf(one) === textOf(other);

function patch(path: string, before: Buffer | undefined, after: Buffer | undefined): string {
  const name = (side: string, content: Buffer | undefined): string =>
    content === undefined ? "/dev/null" : `${side}/${path}`;
  const text = createTwoFilesPatch(name("a", before), name("b", after), textOf(before), textOf(after));
  // The first line is a ruler, which says nothing.
  return text.replace(/^=+\n/, "");
}

/** Line ends apart: an editor on Windows may write others. */
const textOf = (content: Buffer | undefined): string =>
  content?.toString("utf8").replaceAll("\r\n", "\n") ?? "";
