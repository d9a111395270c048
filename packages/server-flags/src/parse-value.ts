import type { FlagType, FlagValue } from "./flag-table.ts";
import { compareVersions, type TfsVersion } from "./version.ts";

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** `sscanf("%lld%c")` as the server uses it: blanks before it, a sign, decimal digits, nothing after; saturates. */
function scanInt64(text: string): bigint | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?)0*(\d+)$/.exec(text);
  if (match === null) return undefined;
  const digits = match[2] ?? "0";
  const magnitude = digits.length > 20 ? MAX_INT64 + 1n : BigInt(digits);
  const value = match[1] === "-" ? -magnitude : magnitude;
  return value > MAX_INT64 ? MAX_INT64 : value < MIN_INT64 ? MIN_INT64 : value;
}

/** `sscanf("%f%c")`: decimal and hexadecimal floats, infinity and NaN in any case, nothing after. */
function scanFloat(text: string): number | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?)(.*)$/s.exec(text);
  const body = match?.[2] ?? "";
  const sign = match?.[1] === "-" ? -1 : 1;
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(body)) return Math.fround(sign * Number(body));
  if (/^inf(inity)?$/i.test(body)) return sign * Number.POSITIVE_INFINITY;
  if (/^nan(\([0-9a-z_]*\))?$/i.test(body)) return Number.NaN;
  const hex = /^0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i.exec(body);
  if (hex === null) return undefined;
  const whole = hex[1] ?? "";
  const fraction = hex[2] ?? "";
  if (whole === "" && fraction === "") return undefined;
  let mantissa = 0;
  for (const digit of whole + fraction) mantissa = mantissa * 16 + Number.parseInt(digit, 16);
  return Math.fround(sign * mantissa * 2 ** (Number(hex[3] ?? 0) - 4 * fraction.length));
}

/** How the bool parser of a version behaves: it was rewritten twice in TensorFlow's command_line_flags.cc. */
export interface BoolSyntax {
  /** `True`, `FALSE` … besides `true` and `false`. */
  readonly anyCase: boolean;
  /** `1` and `0`. */
  readonly digits: boolean;
  /** Any argument that begins with a bool flag's name belongs to that flag (and is then usually a bad value). */
  readonly claimsPrefix: boolean;
}

export function boolSyntax(version: TfsVersion): BoolSyntax {
  if (compareVersions(version, "2.14.0-rc0") >= 0)
    return { anyCase: true, digits: true, claimsPrefix: false };
  return { anyCase: compareVersions(version, "2.11.0-rc0") >= 0, digits: false, claimsPrefix: true };
}

/** The text after `=` (undefined: none given) as a bool, or undefined where the version's parser refuses it. */
export function parseBool(text: string | undefined, syntax: BoolSyntax): boolean | undefined {
  if (text === undefined) return true;
  const word = syntax.anyCase ? text.toLowerCase() : text;
  if (word === "true" || (syntax.digits && word === "1")) return true;
  if (word === "false" || (syntax.digits && word === "0")) return false;
  return undefined;
}

/**
 * The text after `=` as the server reads it, or undefined where it refuses the value. Integers saturate at 64 bits and
 * int32 then keeps the low 32 bits, without a range check: 4294967304 is 8, twenty nines are -1.
 */
export function parseFlagValue(type: FlagType, text: string, version: TfsVersion): FlagValue | undefined {
  switch (type) {
    case "string":
      return text;
    case "bool":
      return parseBool(text, boolSyntax(version));
    case "float":
      return scanFloat(text);
    case "int64":
      return scanInt64(text);
    case "int32": {
      const wide = scanInt64(text);
      return wide === undefined ? undefined : Number(BigInt.asIntN(32, wide));
    }
  }
}
