import type { HostEvent, LogLine } from "../log.ts";

/** What a host told, and a way to wait for what it is going to tell. */
export interface Recorder {
  readonly events: HostEvent[];
  readonly lines: LogLine[];
  readonly onEvent: (event: HostEvent) => void;
  readonly onLog: (line: LogLine) => void;
  /** Resolves when the condition holds; looked at again with each event and line. */
  until(condition: () => boolean): Promise<void>;
  /** What functions logged with `context.log(JSON.stringify(...))`, parsed. */
  reports<T>(functionName: string): T[];
}

export function createRecorder(): Recorder {
  const events: HostEvent[] = [];
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const check of waiting) check();
  };
  return {
    events,
    lines,
    onEvent(event) {
      events.push(event);
      look();
    },
    onLog(line) {
      lines.push(line);
      look();
    },
    until: (condition) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    reports: <T>(functionName: string) =>
      lines
        .filter((line) => line.category === `${functionName}.Invocation` && line.message.startsWith("{"))
        .map((line) => JSON.parse(line.message) as T),
  };
}
