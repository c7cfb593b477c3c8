import { inWords } from "./business.ts";
import { endpointNames } from "./invariants.ts";
import { dispatcher } from "./moves/move.ts";
import { lower, messageName, stepName, workerName } from "./names.ts";
import { marketing, type Setup } from "./setup.ts";
import { type Copy, nobody, type State, step, type Worker } from "./state.ts";

/** What everybody holds, one line each: what a board shows. */
export function describeState(setup: Setup, state: State): string[] {
  const lines = setup.ticks > 0 ? [`Clock: ${state.now}`] : [];
  state.endpoints.forEach((endpoint, index) => {
    const name = endpointNames[index] ?? "";
    const show = (label: string, items: readonly string[]) => {
      if (items.length > 0) lines.push(`${name}, ${label}: ${items.join(", ")}`);
    };
    const copyName = (copy: Copy) => copyText(setup, index, copy);
    show("queue", endpoint.queue.map(copyName));
    show("late", endpoint.held.map(copyName));
    show(
      "dead letters",
      bitsOf(endpoint.dead).map((message) => messageName(setup, index, message)),
    );
    endpoint.handlers.forEach((worker, handler) => {
      if (worker.message !== nobody) lines.push(workerText(setup, index, handler, worker));
    });
    if (endpoint.dispatcher.message !== nobody)
      lines.push(workerText(setup, index, dispatcher, endpoint.dispatcher));
    lines.push(
      index === marketing
        ? `${name}, heard: ${endpoint.sheet}`
        : `${name}, sheet: ${inWords(endpoint.sheet)}`,
    );
    const recorded = endpoint.records.flatMap((life, message) => (life > 0 ? [message] : []));
    show(
      "records",
      recorded.map((message) => messageName(setup, index, message)),
    );
    show(
      "outbox",
      endpoint.outbox.map(({ message }) => `events of ${messageName(setup, index, message)}`),
    );
  });
  return lines;
}

function copyText(setup: Setup, endpoint: number, copy: Copy): string {
  const owner = copy.owner === nobody ? "" : ` (with ${lower(workerName(setup, endpoint, copy.owner))})`;
  return `${messageName(setup, endpoint, copy.message)}${copy.number > 1 ? ` (copy ${copy.number})` : ""}${owner}`;
}

function workerText(setup: Setup, endpoint: number, worker: number, { message, todo }: Worker): string {
  const steps = Object.values(step).filter((bit) => (todo & bit) !== 0);
  return `${workerName(setup, endpoint, worker)}: ${messageName(setup, endpoint, message)}, still ${steps.map(stepName).join(", ")}`;
}

const bitsOf = (set: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (set & (1 << bit)) !== 0);
