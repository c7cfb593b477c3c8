import { describe, expect, it } from "vitest";
import { withoutProxy } from "./environment.ts";

describe("proxy settings", () => {
  it("keep loopback direct, beside what the environment keeps direct already", () => {
    expect(withoutProxy({}).NO_PROXY).toBe("127.0.0.1,localhost");
    expect(withoutProxy({ NO_PROXY: "corp.example, 127.0.0.1", no_proxy: "other.example" })).toEqual({
      NO_PROXY: "corp.example,127.0.0.1,other.example,localhost",
      no_proxy: "corp.example,127.0.0.1,other.example,localhost",
    });
  });
});
