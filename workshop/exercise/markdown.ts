/** @returns what stands below the heading `## title`, up to the next heading of its level; undefined if there is none */
export function section(markdown: string, title: string): string | undefined {
  const lines = markdown.split(/\r?\n/);
  const begin = lines.findIndex((line) => line.trim().toLowerCase() === `## ${title.toLowerCase()}`);
  if (begin < 0) return undefined;
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => /^##? /.test(line));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join("\n")
    .trim();
}

/** @returns the text of the first heading `# …` */
export const firstHeading = (markdown: string): string | undefined => /^# +(.+?)\s*$/m.exec(markdown)?.[1];

/** Markdown for a terminal: paragraphs broken at the width, code and tables as they are, no marks of emphasis. */
export function forTerminal(markdown: string, width: number): string {
  let isCode = false;
  return joinParagraphs(markdown)
    .flatMap((line) => {
      if (line.startsWith("```")) {
        isCode = !isCode;
        return [];
      }
      if (isCode) return [`    ${line}`];
      return /^\s*\|/.test(line) ? [line] : wrap(plain(line), width);
    })
    .join("\n");
}

const plain = (line: string): string =>
  line
    .replace(/\*\*(.+?)\*\*/g, "$1")
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, "$1 ($2)")
    .replace(/^#+ /, "");

/** A line that goes on an earlier one joins it: the source is broken at another width. */
function joinParagraphs(markdown: string): string[] {
  const lines: string[] = [];
  let isCode = false;
  for (const line of markdown.split(/\r?\n/)) {
    const last = lines.at(-1);
    const isFence = line.startsWith("```");
    const goesOn = !isCode && !isFence && /^\s*[^\s|#>*\-\d]/.test(line);
    if (goesOn && last !== undefined && last !== "" && !/^(```|#|\s*\|)/.test(last)) {
      lines[lines.length - 1] = `${last} ${line.trim()}`;
    } else {
      lines.push(line);
    }
    if (isFence) isCode = !isCode;
  }
  return lines;
}

/** Breaks a line between words; what goes on begins under the text of a list's item. */
export function wrap(line: string, width: number): string[] {
  const indent = " ".repeat(/^\s*(?:[-*] |\d+\. )?/.exec(line)?.[0].length ?? 0);
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<=\S) +/)) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = indent + word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
