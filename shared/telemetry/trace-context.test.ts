import { describe, expect, it } from "vitest";
import { virtualTime } from "../../test/support/virtual-time.ts";
import { formatTrace, newTrace, originOf, parseTrace, withOrigin } from "./trace-context.ts";

describe("a trace context", () => {
  it("is read and written in its W3C form", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const context = parseTrace({ traceparent });
    expect(context).toMatchObject({
      traceId: "0af7651916cd43dd8448eb211c80319c",
      traceFlags: 1,
      isRemote: true,
    });
    expect(context && formatTrace(context)).toEqual({ traceparent });
  });

  it.each([
    "",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ])("that is none, like %j, is left alone", (traceparent) =>
    expect(parseTrace({ traceparent })).toBeUndefined(),
  );

  it("names the span that a message was made in, beside its conversation's root", () => {
    const root = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    const origin = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b7", traceFlags: 1 };
    const message = withOrigin(root, origin);
    expect(message.traceparent).toBe(root.traceparent);
    expect(originOf(message)).toMatchObject(origin);
    expect(originOf({ ...message, tracestate: `other=1,${message.tracestate}` })).toMatchObject(origin);
    expect(originOf(root)).toBeUndefined();
    expect(originOf({ ...root, tracestate: "pierogi=0000000000000000" })).toBeUndefined();
  });

  it("begun anew is valid, and not the one before", () => {
    const { random } = virtualTime();
    const [first, second] = [newTrace(random), newTrace(random)];
    expect(parseTrace(first)).toBeDefined();
    expect(first).not.toEqual(second);
    expect(parseTrace(newTrace(() => 0))).toBeDefined();
  });
});
