import { describe, expect, it } from "vitest";
import { parseLsof, parseNetstat, parseProcNet } from "./port-holder.ts";

describe("who listens on a port", () => {
  it("is read from lsof", () => {
    expect(parseLsof("p4711\ncnode\nf23\n")).toEqual({ pid: 4711, name: "node" });
    expect(parseLsof("")).toBeUndefined();
  });

  it("is read from Windows's netstat, in any language", () => {
    const output = [
      "Aktive Verbindungen",
      "  Proto  Lokale Adresse         Remoteadresse          Status           PID",
      "  TCP    127.0.0.1:17071        0.0.0.0:0              ABHÖREN          12",
      "  TCP    127.0.0.1:7071         127.0.0.1:50123        HERGESTELLT      13",
      "  TCP    127.0.0.1:7071         0.0.0.0:0              ABHÖREN          14",
      "  TCP    [::]:1433              [::]:0                 ABHÖREN          15",
    ].join("\r\n");
    expect(parseNetstat(output, 7071)).toBe(14);
    expect(parseNetstat(output, 1433)).toBe(15);
    expect(parseNetstat(output, 8081)).toBeUndefined();
  });

  it("is read from /proc/net/tcp", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 0100007F:1B9F 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 111 1 0",
      "   1: 0100007F:1B9F 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 222 1 0",
    ].join("\n");
    expect(parseProcNet(table, 7071)).toBe("222");
    expect(parseProcNet(table, 7072)).toBeUndefined();
  });
});
