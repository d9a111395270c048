import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { echo } from "../../src/json/pretty-writer.ts";
import { JsonParseError, parseJson } from "../../src/json/rapid-parser.ts";
import {
  isIntegerLiteral,
  isNumber,
  JsonDouble,
  JsonObject,
  type JsonValue,
  toDouble,
} from "../../src/json/value.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");

function failure(text: string): string {
  try {
    parseJson(bytes(text));
  } catch (error) {
    if (error instanceof JsonParseError) return `${error.message} ${error.offset}`;
    throw error;
  }
  return "parsed";
}

/** As plain JavaScript, for comparison with JSON.parse. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonObject) {
    return Object.fromEntries(
      value.names.map((name, index) => [
        Buffer.from(name, "latin1").toString("utf8"),
        plain(value.values[index] ?? null),
      ]),
    );
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "string") return Buffer.from(value, "latin1").toString("utf8");
  return isNumber(value) ? toDouble(value) : value;
}

describe("JSON as RapidJSON 1.1.0 reads it", () => {
  it.each([
    ["", "The document is empty. 0"],
    ["  \n", "The document is empty. 3"],
    ["{", "Missing a name for object member. 1"],
    ['{"a" 1}', "Missing a colon after a name of object member. 5"],
    ['{"a":1', "Missing a comma or '}' after an object member. 6"],
    ["[1 2]", "Missing a comma or ']' after an array element. 3"],
    ["[1,]", "Invalid value. 3"],
    ["[01]", "Missing a comma or ']' after an array element. 2"],
    ["[1.]", "Miss fraction part in number. 3"],
    ["[1e]", "Miss exponent in number. 3"],
    ["[1e400]", "Number too big to be stored in double. 1"],
    ["[nul]", "Invalid value. 4"],
    ["[Nan]", "Invalid value. 3"],
    ["[-]", "Invalid value. 2"],
    ['["\\x"]', "Invalid escape character in string. 2"],
    ['["\\u12g4"]', "Incorrect hex digit after \\u escape in string. 2"],
    ['["\\ud800x"]', "The surrogate pair in string is invalid. 2"],
    ['["abc', "Missing a closing quotation mark in string. 5"],
    ['["a\nb"]', "Invalid escape character in string. 3"],
    ["{} x", "The document root must not be followed by other values. 3"],
    ["[1]\0", "parsed"],
    ["\ufeff[1]", "parsed"],
    ["[NaN, -Infinity, Inf]", "parsed"],
  ])("%j: %s", (text, want) => {
    expect(failure(text)).toBe(want);
  });

  it.each([
    ["1", true],
    ["-0", true],
    ["9223372036854775807", true],
    ["18446744073709551615", true],
    ["18446744073709551616", false],
    ["-9223372036854775809", false],
    ["1.0", false],
    ["1e2", false],
    ["-0.0", false],
  ])("%s is an integer literal: %s", (text, want) => {
    expect(isIntegerLiteral(parseJson(bytes(text)))).toBe(want);
  });

  it("keeps all 64 bits, the sign of -0.0, and flushes denormals", () => {
    expect(parseJson(bytes("18446744073709551615"))).toBe(18446744073709551615n);
    expect(parseJson(bytes("-0.0"))).toBe(-0);
    expect(parseJson(bytes("-0"))).toBe(0);
    expect(parseJson(bytes("5e-324"))).toEqual(new JsonDouble(0));
  });

  it("agrees with JSON.parse on what both accept", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const want: unknown = JSON.parse(text);
        // Numbers may differ in the last bits: RapidJSON's fast conversion is not exact.
        const close = (a: unknown, b: unknown): boolean => {
          if (typeof a === "number" && typeof b === "number") {
            return (
              a === b || Math.abs(a - b) <= 1e-14 * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(b) < 1e-300
            );
          }
          if (Array.isArray(a) && Array.isArray(b))
            return a.length === b.length && a.every((x, i) => close(x, b[i]));
          if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
            return Object.keys(b).every((key) =>
              close((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
            );
          }
          return a === b;
        };
        expect(close(plain(parseJson(bytes(text))), want)).toBe(true);
      }),
    );
  });

  it("refuses or reads any bytes, and echoes what it read", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
        let value: JsonValue;
        try {
          value = parseJson(input);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonParseError);
          return;
        }
        expect(typeof echo(value)).toBe("string");
      }),
    );
  });

  it("takes 100000 levels without running out of stack", () => {
    const text = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    // The indents alone would take 40 GB.
    expect(echo(parseJson(bytes(text))).length).toBeLessThan(20_000_000);
  });
});
