import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDouble, formatFloat, general } from "../../src/json/numbers.ts";

describe("numbers in answers", () => {
  it.each([
    [0.1, "0.1"],
    [3, "3.0"],
    [9e6, "9e+06"],
    [1e-5, "1e-05"],
    [16777216, "16777216.0"],
    [3.4028234663852886e38, "3.40282347e+38"],
    [-0, "-0.0"],
    [123456.703125, "123456.703"],
    [123456792, "123456792.0"],
    [8388610, "8.38861e+06"],
    [16777.03125, "16777.0312"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("float %d is %s", (value, want) => {
    expect(formatFloat(Math.fround(value))).toBe(want);
  });

  it.each([
    [1234567, "1234567.0"],
    [1e6, "1e+06"],
    [Math.PI, "3.1415926535897931"],
    [0.30000000000000004, "0.30000000000000004"],
    [123456789012345680, "1.2345678901234568e+17"],
  ])("double %d is %s", (value, want) => {
    expect(formatDouble(value)).toBe(want);
  });

  it("reads back as the same number", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(formatFloat(value)))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatDouble(value))).toBe(value);
      }),
    );
  });

  it("rounds halves to even as C does", () => {
    expect(general(0.5, 1)).toBe("0.5");
    expect(general(2.5, 1)).toBe("2");
    expect(general(3.5, 1)).toBe("4");
    expect(general(1234565, 6)).toBe("1.23456e+06");
  });
});
