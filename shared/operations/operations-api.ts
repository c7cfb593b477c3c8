import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { bodyOf, type HttpCall, type HttpHandler, parsed } from "../frontend/http.ts";
import { HttpProblem, json } from "../frontend/problem.ts";
import { type Place, places } from "./places.ts";
import type { ReplayResult } from "./replay.ts";
import type { StoppedMessage } from "./stopped-messages.ts";

const Replay = z.union([
  z.strictObject({ place: z.string(), logicalIds: z.array(z.string()).min(1) }),
  z.strictObject({ place: z.string(), all: z.literal(true) }),
]);
const example = '{"place": "quarantine", "logicalIds": ["…"]} or {"place": "quarantine", "all": true}';

export interface Stopped {
  list(): Promise<readonly StoppedMessage[]>;
  replay(place: Place, wanted?: ReadonlySet<string>): Promise<ReplayResult>;
}

/** List and replay of messages that wait for an operator; every call needs the token. */
export function operationsApi(stopped: Stopped, token: string) {
  function authorize(call: HttpCall): void {
    const origin = call.headers.get("origin");
    if (origin !== null && origin !== new URL(call.url).origin) {
      throw new HttpProblem(403, "Forbidden", `a page of ${origin} may not call this`);
    }
    if (!sameText(call.headers.get("authorization") ?? "", `Bearer ${token}`)) {
      throw new HttpProblem(
        401,
        "Unauthorized",
        "expected a header Authorization: Bearer <token>; the token is printed at the start",
      );
    }
  }

  return {
    async list(call) {
      authorize(call);
      return json(200, { messages: await stopped.list() });
    },

    async replay(call) {
      authorize(call);
      const wanted = parsed(Replay, await bodyOf(call), example);
      const place = places.find(({ name }) => name === wanted.place);
      if (place === undefined) {
        const names = places.map(({ name }) => name).join(", ");
        throw new HttpProblem(404, "Not Found", `there is no place "${wanted.place}"; there are ${names}`);
      }
      return json(200, await stopped.replay(place, "all" in wanted ? undefined : new Set(wanted.logicalIds)));
    },
  } satisfies Record<string, HttpHandler>;
}

/** In constant time for texts of one length, so that nobody can guess the token piece by piece. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
