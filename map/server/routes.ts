import { PlanError } from "../../emulators/faults/index.ts";
import type { Asset } from "../../web/bundle.ts";
import {
  type Answer,
  checkToken,
  json,
  page,
  Refused,
  type Stream,
  type WebRequest,
} from "../../web/server.ts";
import type { Contents, Story } from "../protocol.ts";
import type { FaultDesk } from "./fault-desk.ts";
import { type Api, forward, type OnAsked } from "./forward.ts";
import { html } from "./html.ts";
import { nodes } from "./places.ts";

export interface RouteOptions {
  readonly token: string;
  /** The page's script and styles, by name: asked for once somebody looks. */
  readonly assets: () => Promise<ReadonlyMap<string, Asset>>;
  readonly api: Api;
  readonly onAsked: OnAsked;
  readonly desk: FaultDesk;
  readonly stream: Stream;
  readonly contents: (node: string) => Contents;
  readonly story: (order: string) => Story;
  /** Kills a server and starts it again on the same data. */
  readonly restart: (server: string) => Promise<void>;
  /** The page has changed the plan. */
  readonly planned: () => void;
}

/** What the map's server answers. Page and script hold no secret; all else needs the token. */
export const routes =
  (options: RouteOptions) =>
  async (request: WebRequest): Promise<Answer | undefined> => {
    const { method, url } = request;
    if (method === "GET" && url.pathname === "/") return page(html);
    if (method === "GET" && isAsset(url.pathname)) {
      const asset = (await options.assets()).get(url.pathname.slice(1));
      return asset === undefined ? undefined : { status: 200, ...asset };
    }
    checkToken(request, options.token);
    if (url.pathname.startsWith("/api/")) return forward(request, options.api, options.onAsked);
    return routed(options, request);
  };

const isAsset = (path: string): boolean => /^\/[^/]+\.(js|css)$/.test(path);

async function routed(options: RouteOptions, request: WebRequest): Promise<Answer | undefined> {
  const { desk } = options;
  const parameter = (name: string): string => {
    const value = request.url.searchParams.get(name);
    if (value === null || value === "") throw new Refused(400, `expected ?${name}=…`);
    return value;
  };
  switch (`${request.method} ${request.url.pathname}`) {
    case "GET /events":
      return { status: 200, type: "application/x-ndjson", content: options.stream };
    case "GET /contents": {
      const node = parameter("node");
      if (!nodes.includes(node))
        throw new Refused(404, `there is no "${node}"; there are ${nodes.join(", ")}`);
      return json(options.contents(node));
    }
    case "GET /stories":
      return json(options.story(parameter("order")));
    case "POST /faults":
      await planning(options, async () => desk.add(rulesOf(await request.json())));
      return json(desk.state());
    case "DELETE /faults":
      await planning(options, () =>
        request.url.searchParams.has("name") ? desk.remove(parameter("name")) : desk.lift(),
      );
      return json(desk.state());
    case "POST /restart":
      await options.restart(parameter("server"));
      return json({});
    default:
      return undefined;
  }
}

async function planning({ planned }: RouteOptions, change: () => Promise<void>): Promise<void> {
  try {
    await change();
    planned();
  } catch (error) {
    if (error instanceof PlanError) throw new Refused(400, error.message);
    throw error;
  }
}

function rulesOf(body: unknown): readonly unknown[] {
  if (typeof body === "object" && body !== null && "rules" in body && Array.isArray(body.rules))
    return body.rules;
  throw new Refused(400, 'expected a body such as {"rules": [{"name": "…", "at": {…}, "fault": {…}}]}');
}
