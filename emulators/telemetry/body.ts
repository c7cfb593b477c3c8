import type { IncomingMessage } from "node:http";
import { bodyText, parseJson, Refused } from "../server-process/index.ts";

/** An exporter's batch of 512 spans is well below a megabyte. */
const MAX_BYTES = 8_000_000;
/** The form of OTLP is 12 deep. */
const MAX_DEPTH = 32;

/** The body of an export. @throws Refused when it is too large, too deep, or not plain JSON */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = request.headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refused(
      415,
      `expected the content type application/json, came "${type}": set OTEL_EXPORTER_OTLP_PROTOCOL=http/json (Protocol Buffers and gRPC are not received here)`,
    );
  }
  if (encoding !== "identity") {
    throw new Refused(
      415,
      `expected a body without compression, came "${encoding}": set OTEL_EXPORTER_OTLP_COMPRESSION=none`,
    );
  }
  const text = await bodyText(request, MAX_BYTES);
  if (isDeeper(text, MAX_DEPTH)) throw new Refused(400, `expected JSON at most ${MAX_DEPTH} deep`);
  return parseJson(text);
}

/** Whether arrays and objects lie deeper in one another than `most`. What stands in strings is no structure. */
function isDeeper(json: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"':
        at = endOfString(json, at);
        break;
      case "[":
      case "{":
        depth += 1;
        if (depth > most) return true;
        break;
      case "]":
      case "}":
        depth -= 1;
    }
  }
  return false;
}

/** @returns where the string that begins at `start` ends, or the text */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === "\\") at += 1;
    else if (json[at] === '"') return at;
  }
  return json.length;
}
