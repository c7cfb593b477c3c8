import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uuid7 } from "./uuid7.ts";

const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
const time = fc.nat({ max: 2 ** 48 - 1 });

describe("uuid7", () => {
  it("gives the example of RFC 9562, appendix A.6", () => {
    const random = Uint8Array.from([0xac, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(uuid7(0x017f22e279b0, random)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  });

  it("is a UUID of version 7 and RFC 9562's variant, whatever the bytes", () => {
    fc.assert(
      fc.property(time, bytes, (now, random) => {
        expect(uuid7(now, random)).toMatch(
          /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
        );
      }),
    );
  });

  it("sorts by time", () => {
    fc.assert(
      fc.property(time, time, bytes, bytes, (a, b, x, y) => {
        fc.pre(a !== b);
        expect(uuid7(a, x) < uuid7(b, y)).toBe(a < b);
      }),
    );
  });
});
