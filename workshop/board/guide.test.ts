import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gameCards, messageCards, pieces, roleCards } from "./cards.ts";
import type { Game } from "./game.ts";
import { games } from "./games.ts";

const guide = readFileSync(join(import.meta.dirname, "../GUIDE.md"), "utf8");

/** "1, 2", or a link to another text. */
function leads({ leadsTo }: Game): string {
  return leadsTo
    .map(({ text, file }) =>
      text.startsWith("Exercise ") ? text.slice(9) : `[${text}](${file.replace("workshop/", "")})`,
    )
    .join(", ");
}

it.each(games)("the guide's table says what the board says: $id $title", (game) => {
  const { id, title, rules, youBreak, discovery, newRule } = game;
  const cells = [`${id} ${title}`, rules, youBreak, discovery, newRule, leads(game)];
  expect(guide.split("\n")).toContain(`| ${cells.join(" | ")} |`);
});

it("the guide knows how many pages there are to print", () => {
  const pages = roleCards.length + messageCards.length + pieces.length + gameCards.length;
  expect(guide).toContain(`${pages} pages of A5`);
});
