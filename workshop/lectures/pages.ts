import type { Lecture, Slide } from "./lecture.ts";
import { fileOf } from "./library.ts";
import { escapeHtml, render } from "./markdown.ts";

const licence = `<footer><p>Lectures, drawings and texts of the workshop: <a rel="license"
href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a> (<a href="/workshop/LICENSE">notice</a>).
Slides are shown with reveal.js (MIT).</p></footer>`;

/** A link on the index page to another page of the workshop. */
export interface PageLink {
  readonly href: string;
  readonly text: string;
}

/** The ten lectures: minutes, key message, and the exercise that follows. */
export function indexPage(lectures: readonly Lecture[], pages: readonly PageLink[]): string {
  const rows = lectures.map(
    ({ number, title, minutes, message, exercise }) => `<tr>
<th scope="row"><a href="/lecture/${number}">L${number} ${escapeHtml(title)}</a></th>
<td class="number">${minutes} min</td>
<td>${escapeHtml(message)}</td>
<td class="number">${exercise}</td>
<td><a href="/notes/${number}" aria-label="L${number}: slides with notes">notes</a> ·
<a href="/lecture/${number}?print-pdf" aria-label="L${number}: slides to print">print</a></td></tr>`,
  );
  const minutes = lectures.reduce((sum, lecture) => sum + lecture.minutes, 0);
  const more = pages.map(({ href, text }) => `<li><a href="${href}">${escapeHtml(text)}</a></li>`);
  return page(
    "Messages lost, doubled and haunted",
    `<main class="index"><h1>Messages lost, doubled and haunted</h1>
<p>Ten lectures, ${minutes} minutes, each before the exercise that shows what it claims.</p>
<table><thead><tr><th scope="col">Lecture</th><th scope="col">Time</th><th scope="col">Key message</th>
<th scope="col">Then exercise</th><th scope="col">On paper</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
${more.length === 0 ? "" : `<ul>${more.join("\n")}</ul>`}
<p>The role-play games between lectures and exercises, with cards to print: <code>npx pierogi board</code>.</p>
<p>In a lecture: <kbd>→</kbd> next slide, <kbd>←</kbd> back, <kbd>S</kbd> speaker view with notes and clock,
<kbd>O</kbd> all slides, <kbd>F</kbd> full screen, <kbd>?</kbd> all keys.</p></main>${licence}`,
  );
}

/** A lecture as slides; `?print-pdf` in its address lays them out for the printer. */
export function slidesPage(lecture: Lecture): string {
  const sections = lecture.slides.map(
    (slide) => `<section>${withContent(body(slide, lecture))}
<aside class="notes">${notes(slide, lecture)}</aside></section>`,
  );
  return html(
    `L${lecture.number} ${lecture.title}`,
    `<link rel="stylesheet" href="/reveal/reset.css"><link rel="stylesheet" href="/reveal/reveal.css">
<link rel="stylesheet" href="/browser/slides.css"><script type="module" src="/browser/slides.js"></script>`,
    `<div class="reveal"><div class="slides">${sections.join("\n")}</div></div>`,
  );
}

/** A lecture for the speaker's desk: each slide beside what is said to it. */
export function notesPage(lecture: Lecture): string {
  const { number, title, minutes, message, exercise } = lecture;
  const parts = lecture.slides.map(
    (slide, index) => `<section class="said"><div class="slide" aria-label="slide ${index + 1}">
${body(slide, lecture)}</div><div class="notes">${notes(slide, lecture)}</div></section>`,
  );
  return page(
    `L${number} ${title}: notes`,
    `<main class="speaker"><p class="kicker">L${number} · ${minutes} minutes · then exercise ${exercise} ·
<a href="/lecture/${number}">slides</a> · <a href="/">all lectures</a></p>
<p class="kicker">Key message: ${escapeHtml(message)}</p>${parts.join("\n")}</main>${licence}`,
  );
}

/** Any other text of the workshop. @param file seen from the repository's root */
export const textPage = (file: string, markdown: string): string =>
  page(
    file,
    `<nav><a href="/">all lectures</a></nav><main class="text">${render(markdown, file)}</main>${licence}`,
  );

/** What follows the heading in an element of its own: it is in the middle of the room that is left. */
const withContent = (slide: string): string =>
  slide.replace(/(?<=<\/h[12]>)(.*)$/s, '<div class="content">$1</div>');

const body = (slide: Slide, { number }: Lecture): string =>
  render(slide.body, `workshop/lectures/${fileOf(number)}`);
const notes = (slide: Slide, { number }: Lecture): string =>
  render(slide.notes, `workshop/lectures/${fileOf(number)}`);

const page = (title: string, content: string): string =>
  html(title, `<link rel="stylesheet" href="/browser/page.css">`, content);

const html = (title: string, head: string, content: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="icon" href="data:,">${head}</head>
<body>${content}</body></html>
`;
