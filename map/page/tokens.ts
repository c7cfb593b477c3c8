import type { Move } from "../protocol.ts";
import { type Layout, shares, wayOf } from "./geometry.ts";
import { initials } from "./words.ts";

const SVG = "http://www.w3.org/2000/svg";
/** Moves that are drawn at once; what comes on top is counted where it arrives. */
const MOST = 60;

/** Draws messages on their way; the picture itself is not drawn anew for it. */
export interface Tokens {
  /** @param milliseconds that a move takes */
  show(moves: readonly Move[], layout: Layout, milliseconds: number): void;
  pause(isPaused: boolean): void;
}

/** @param layer the group of the drawing that holds them */
export function createTokens(layer: SVGGElement): Tokens {
  const running = new Set<Animation>();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function draw(move: Move, layout: Layout, milliseconds: number): void {
    const way = wayOf(layout, move.from, move.to);
    const [first] = way;
    if (first === undefined || running.size >= MOST) return;
    const token = tokenOf(move);
    layer.append(token);
    const offsets = shares(way);
    const at = (i: number) => ({ transform: `translate(${way[i]?.[0] ?? 0}px, ${way[i]?.[1] ?? 0}px)` });
    // Without motion a message stands where it arrives.
    const frames = calm.matches
      ? [at(way.length - 1), at(way.length - 1)]
      : way.map((_, i) => ({ ...at(i), offset: offsets[i] ?? 1 }));
    const animation = token.animate(frames, { duration: milliseconds, easing: "ease-in-out", fill: "both" });
    running.add(animation);
    const end = (): void => {
      running.delete(animation);
      token.remove();
    };
    animation.addEventListener("finish", end);
    animation.addEventListener("cancel", end);
  }

  return {
    show(moves, layout, milliseconds) {
      for (const move of moves) draw(move, layout, milliseconds);
    },
    pause(isPaused) {
      for (const animation of running) {
        if (isPaused) animation.pause();
        else animation.play();
      }
    },
  };
}

function tokenOf({ kind, type, count, delivery = 1, copy }: Move): SVGGElement {
  const token = element("g", { class: `token ${kind}` }) as SVGGElement;
  const text = count > 1 ? `×${count}` : initials(type);
  const extra = delivery > 1 ? `#${delivery}` : copy === undefined ? "" : `copy ${copy}`;
  token.append(
    kind === "write" || kind === "answer"
      ? element("rect", { x: -13, y: -10, width: 26, height: 20, rx: 3 })
      : element("circle", { r: 13 }),
    label(text, 4.5),
  );
  if (extra !== "") token.append(label(extra, 27, "beside"));
  return token;
}

function label(text: string, y: number, name = "inside"): SVGElement {
  const found = element("text", { y, class: name });
  found.textContent = text;
  return found;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
