import type { Environment } from "../../../shared/config.ts";

/** Settings with which a rule could not hold: the program must refuse to start, and name the one that is wrong. */
export interface BrokenSettings {
  readonly name: string;
  readonly rule: number;
  readonly what: string;
  readonly settings: Environment;
  readonly refused: string;
}

/** With nothing but what the program must be told, it starts. */
export const enough: Environment = {
  ServiceBus: "Endpoint=sb://localhost",
  Cosmos: "AccountEndpoint=http://localhost:8081/",
  Sql: "Server=localhost;Database=pierogi;User Id=sa;Password=p",
};

export const brokenSettings: readonly BrokenSettings[] = [
  {
    name: "small-margin",
    rule: 5,
    what: "the guard's margin is no larger than the difference between clocks",
    settings: { RETENTION_MARGIN: "PT5M" },
    refused: "RETENTION_MARGIN",
  },
  {
    name: "long-outage",
    rule: 11,
    what: "dispatch may fail for so long that receivers refuse what comes then",
    settings: { DISPATCH_OUTAGE: "P3D" },
    refused: "RETENTION",
  },
  {
    name: "short-retention",
    rule: 13,
    what: "records are kept for less time than a copy can live",
    settings: { RETENTION: "P5D" },
    refused: "RETENTION",
  },
  {
    name: "long-lived-copies",
    rule: 13,
    what: "a copy can live in queues for longer than records are kept",
    settings: { MESSAGE_TIME_TO_LIVE: "P14D" },
    refused: "RETENTION",
  },
];
