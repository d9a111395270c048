/** Numbers as the text format reads and the C++ printer writes them. */

/** Inclusive bounds of the integer types by how the parser reads them. */
export const integerBounds: Readonly<Record<string, readonly [min: bigint, max: bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

/**
 * Magnitude of an integer token: decimal, `0x…` hex, or octal after a leading zero. Undefined where it is no number of
 * its base or beyond 64 bits.
 */
export function parseMagnitude(text: string): bigint | undefined {
  if (text.charCodeAt(0) !== 48 || text.length === 1) {
    if (text.length > 20 || !/^\d+$/.test(text)) return undefined;
    return text.length <= 15 ? BigInt(Number(text)) : within64(BigInt(text));
  }
  const hex = (text.charCodeAt(1) | 0x20) === 0x78;
  const digits = text.slice(hex ? 2 : 1).replace(/^0+/, "");
  // The C++ parser, too, takes a bare 0x for 0; its tokenizer has complained by then.
  if (digits === "") return 0n;
  if (digits.length > 22 || !(hex ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/).test(digits)) return undefined;
  return within64(BigInt((hex ? "0x" : "0o") + digits));
}

const within64 = (value: bigint): bigint | undefined => (value < 1n << 64n ? value : undefined);

/** Whether an integer token is hex or octal, which floating point fields refuse. */
export const isHexOrOctal = (text: string): boolean => /^0[xX0-7]/.test(text);

/** Value of a decimal integer or float token, to the nearest double; a trailing `f` means nothing. */
export function parseDecimal(text: string): number {
  const value = Number(/[fF]$/.test(text) ? text.slice(0, -1) : text);
  // A token that is no number (its error has been reported) has the value of the part that is one.
  return Number.isNaN(value) ? Number.parseFloat(text) : value;
}

const maxFloat = 3.4028234663852886e38;
/** Numbers up to here are taken for the greatest float (it prints as 3.4028235e+38, which is beyond it). */
const maxFloatRounded = 3.4028235677973366e38;

/** A double as 32-bit float, as the C++ parser narrows it. */
export function toFloat(value: number): number {
  if (value > maxFloat) return value <= maxFloatRounded ? maxFloat : Number.POSITIVE_INFINITY;
  if (value < -maxFloat) return value >= -maxFloatRounded ? -maxFloat : Number.NEGATIVE_INFINITY;
  return Math.fround(value);
}

/** Digits and power of ten of a number, `d.ddd` times ten to the power; halfway between two it goes to the even digit. */
function significantDigits(value: number, precision: number): { digits: string; power: number } {
  const parts = (text: string): { digits: string; power: number } => {
    const [mantissa = "", exponent = "0"] = text.split("e");
    return { digits: mantissa.replace(".", ""), power: Number(exponent) };
  };
  const exact = parts(value.toExponential(100));
  const kept = exact.digits.slice(0, precision);
  // JavaScript takes the greater of two numbers that are equally near; C the one with an even last digit.
  const tie = /^50*$/.test(exact.digits.slice(precision));
  return tie && /[02468]$/.test(kept)
    ? { digits: kept, power: exact.power }
    : parts(value.toExponential(precision - 1));
}

/** `%.<precision>g` of C. */
function toG(value: number, precision: number): string {
  const { digits, power } = significantDigits(Math.abs(value), precision);
  const sign = value < 0 ? "-" : "";
  const join = (whole: string, fraction: string): string => {
    const trimmed = fraction.replace(/0+$/, "");
    return trimmed === "" ? whole : `${whole}.${trimmed}`;
  };
  if (power < -4 || power >= precision) {
    const exponent = `${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
    return `${sign}${join(digits.slice(0, 1), digits.slice(1))}e${exponent}`;
  }
  if (power < 0) return sign + join("0", "0".repeat(-power - 1) + digits);
  return sign + join(digits.slice(0, power + 1), digits.slice(power + 1));
}

/** A floating point number as the C++ printer writes it: the fewer of two fixed precisions that reads back the same. */
export function printFloating(value: number, single: boolean): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const short = toG(value, single ? 6 : 15);
  // C reports a subnormal float as out of range, and the printer then does not trust the short form.
  if (single && Math.abs(value) < 1.1754943508222875e-38) return toG(value, 9);
  const back = single ? Math.fround(Number(short)) : Number(short);
  return back === value ? short : toG(value, single ? 9 : 17);
}
