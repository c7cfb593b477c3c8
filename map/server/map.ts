import {
  type Fault,
  type FaultControl,
  type FaultedServer,
  type Firing,
  serverNames,
} from "../../emulators/faults/index.ts";
import type { ServerName } from "../../emulators/stack.ts";
import type { Span as TelemetrySpan } from "../../emulators/telemetry/index.ts";
import type { Asset } from "../../web/bundle.ts";
import { Refused, serveWeb, type WebServer } from "../../web/server.ts";
import type { Span, StreamLine } from "../protocol.ts";
import { createBatch } from "./batch.ts";
import type { Effect } from "./effects.ts";
import { createFaultDesk, type FaultDesk, vocabulary } from "./fault-desk.ts";
import { createFeed } from "./feed.ts";
import type { Api } from "./forward.ts";
import { createHistory } from "./history.ts";
import { createPicture } from "./picture.ts";
import { routes } from "./routes.ts";
import { createScenario } from "./scenario.ts";

/** Milliseconds between two batches for a page. */
const EVERY = 100;
/** Milliseconds for which a server that the page kills stays away: long enough to be seen. */
const DOWN_FOR = 1_500;

export interface MapOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls once, so many milliseconds later. */
  readonly later: (run: () => void, milliseconds: number) => void;
}

export interface ServeOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly token: string;
  /** The page's script and styles, by name: asked for once somebody looks. */
  readonly assets: () => Promise<ReadonlyMap<string, Asset>>;
  readonly api: Api;
  readonly faults: FaultControl;
  readonly forwardedHosts?: readonly string[];
}

/** The live map: takes what servers tell from their first event on, and serves the page once there is a stack. */
export interface LiveMap {
  receive(server: ServerName, event: unknown): void;
  struck(firing: Firing): void;
  /** What the app exports by OpenTelemetry. */
  receiveSpans(spans: readonly TelemetrySpan[]): void;
  /** @throws the system's error when the port is taken */
  serve(options: ServeOptions): Promise<WebServer>;
}

export function createLiveMap({ now, later }: MapOptions): LiveMap {
  const picture = createPicture();
  const history = createHistory(picture.orderOf);
  const scenario = createScenario();
  const batch = createBatch(picture.state);
  let desk: FaultDesk | undefined;
  let faultNamed: (rule: string) => Fault | undefined = () => undefined;
  let isDue = false;
  let hasNewFaults = false;
  const faultState = () => desk?.state() ?? { rules: [], strikes: [] };

  const feed = createFeed((note) => ({
    kind: "snapshot",
    number: history.last,
    at: now(),
    nodes: picture.all(),
    faults: faultState(),
    vocabulary,
    ...(note === undefined ? {} : { note }),
  }));

  function soon(): void {
    if (isDue || feed.listeners === 0) return;
    isDue = true;
    later(flush, EVERY);
  }

  function flush(): void {
    isDue = false;
    const lines: StreamLine[] = [];
    const steps = batch.take();
    if (steps.length > 0) lines.push({ kind: "steps", steps });
    if (hasNewFaults) lines.push({ kind: "faults", faults: faultState() });
    hasNewFaults = false;
    for (const line of lines) feed.send(line);
  }

  function add(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const happening = history.add(effect);
      if (feed.listeners > 0) batch.add(effect, happening);
    }
    if (effects.length > 0) soon();
  }

  const planned = (): void => {
    hasNewFaults = true;
    soon();
  };

  return {
    receive: (server, event) => add(picture.receive(server, event, now())),
    struck(firing) {
      const effect = picture.struck(firing);
      scenario.struck(firing, faultNamed(firing.rule), effect.about?.order);
      add([effect]);
      planned();
    },
    receiveSpans: (spans) => history.addSpans(spans.map(spanOf)),
    serve({ port, token, assets, api, faults, forwardedHosts = [] }) {
      desk = createFaultDesk(faults);
      faultNamed = (name) => faults.plan.rules.find((rule) => rule.name === name)?.fault;
      const answer = routes({
        ...{ token, assets, api, desk, stream: feed.serve, contents: picture.contents, planned },
        onAsked: (request) => scenario.asked({ at: now(), ...request }),
        story: (order) => ({
          ...history.story(order),
          requests: scenario.requestsOf(order),
          faults: { seed: 1, rules: scenario.rulesOf(order, picture.orderOf) },
        }),
        async restart(server) {
          if (!isFaulted(server))
            throw new Refused(404, `expected one of ${serverNames.join(", ")}, not "${server}"`);
          await faults.restart(server, DOWN_FOR);
        },
      });
      return serveWeb({ port, answer, forwardedHosts });
    },
  };
}

const spanOf = ({ status, startedAt, endedAt, ...span }: TelemetrySpan): Span => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  name: span.name,
  start: startedAt,
  end: endedAt,
  failed: status === "error",
  attributes: span.attributes,
});

const isFaulted = (name: string): name is FaultedServer => (serverNames as readonly string[]).includes(name);
