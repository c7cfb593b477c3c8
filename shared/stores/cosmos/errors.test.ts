import { describe, expect, it } from "vitest";
import { PermanentError, TransientError } from "../../exactly-once/errors.ts";
import { statusOf, toContractError } from "./errors.ts";

const wrapped = (code: number | string) =>
  new Error("Batch request error", { cause: Object.assign(new Error("inner"), { code }) });

describe("an error of the Cosmos SDK", () => {
  it.each([429, 503, 408, 449, 401, 403, 404, "ECONNREFUSED"])("with code %s is transient", (code) => {
    const error = toContractError("commit", Object.assign(new Error("no"), { code, retryAfterInMs: 77 }));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfter: 77, message: expect.stringContaining(`commit (${code})`) });
  });

  it.each([400, 413])("with code %s is permanent", (code) => {
    expect(toContractError("commit", { code, message: "too large\nstack" })).toBeInstanceOf(PermanentError);
  });

  it("has its status in its cause when it comes from a batch", () => {
    expect(statusOf(wrapped(413))).toBe(413);
    expect(toContractError("commit", wrapped(413))).toBeInstanceOf(PermanentError);
    expect(toContractError("commit", wrapped("ECONNRESET")).message).toBe("commit (ECONNRESET): inner");
  });

  it("without any code is a connection lost on the way", () => {
    expect(toContractError("commit", new Error("socket hang up"))).toBeInstanceOf(TransientError);
  });
});
