import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { anyPorts, checkPorts, PortError, portsFrom } from "./ports.ts";

const check = async (ports: Parameters<typeof checkPorts>[0], host = "127.0.0.1"): Promise<unknown> => {
  try {
    return await checkPorts(ports, host);
  } catch (error) {
    return error;
  }
};

describe("ports", () => {
  it("names a taken port, its server and what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const error = await check({ ...anyPorts, serviceBusAdmin: port });
    expect(error).toBeInstanceOf(PortError);
    expect(error).toMatchObject({ code: "EADDRINUSE", port });
    expect(String(error)).toMatch(
      new RegExp(
        `Service Bus \\(administration\\) can't listen on port ${port}: another program .* --port-base`,
      ),
    );
  });

  it("tells a port that the system refuses from one that is taken", () => {
    const refused = new PortError(80, "the functions host", "EACCES", undefined);
    expect(refused.message).toContain("below 1024 to administrators only");
    expect(new PortError(50_000, "the functions host", "EACCES", undefined).message).toContain(
      "excludedportrange",
    );
  });

  it("keeps what it found free free", async () => {
    expect(await check(anyPorts)).toBeUndefined();
  });

  it("gives each server its place in a row of eight", () => {
    expect(Object.values(portsFrom(17_000))).toEqual([
      17_000, 17_001, 17_002, 17_003, 17_004, 17_005, 17_006, 17_007,
    ]);
  });
});
