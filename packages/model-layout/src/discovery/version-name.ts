import type { Int64 } from "../wire/wire-reader.ts";

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** The TFS version that is assumed where none is given. */
export const DEFAULT_TFS_VERSION = "2.17.1";

/** Whether `version` (as `2.19.0`) is at least `major.minor`. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}

const PLAIN = /^[1-9][0-9]{0,14}$/;

/** A name about which no rule has a word; no two of them are one number. */
export const isPlainVersionName = (name: string): boolean => PLAIN.test(name);

/**
 * The version number that the server makes of a child of the base path, or undefined for a name that it passes over
 * without a word. Blanks around and a minus sign are taken; a plus sign only since 2.19, where absl::SimpleAtoi took
 * the place of safe_strto64 (fixtures: version_names.json).
 */
export function parseVersionName(name: string, tfsVersion: string = DEFAULT_TFS_VERSION): Int64 | undefined {
  // As nearly all are, and there may be ten thousand of them.
  if (isPlainVersionName(name)) return Number(name);
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)[ \t\n\v\f\r]*$/.exec(name);
  if (match === null) return undefined;
  const [, sign, digits = ""] = match;
  if (sign === "+" && !isAtLeast(tfsVersion, 2, 19)) return undefined;
  const significant = digits.replace(/^0+(?=.)/, "");
  if (significant.length > 19) return undefined;
  if (significant.length < 16) {
    const value = Number(significant);
    return sign === "-" && value !== 0 ? -value : value;
  }
  const value = BigInt(significant) * (sign === "-" ? -1n : 1n);
  if (value > MAX || value < MIN) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
