/** One scratch word to look at the bits of a float32. */
const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** IEEE half (1 sign, 5 exponent, 10 fraction bits) to a number; exact. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Nearest half of a number, ties to even, overflow to infinity. Rounds once, from the double. */
export function floatToHalf(value: number): number {
  return encodeSmall(value, 5, 10);
}

/** bfloat16 (the upper half of a float32) to a number; exact. */
export function bfloat16ToFloat(value: number): number {
  bits[0] = (value & 0xffff) << 16;
  return word[0]!;
}

/** Nearest bfloat16 of a number by way of float32, ties to even, as TensorFlow casts. */
export function floatToBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  word[0] = value;
  const raw = bits[0]!;
  return ((raw + 0x7fff + ((raw >>> 16) & 1)) >>> 16) & 0xffff;
}

/** float8 with 5 exponent and 2 fraction bits (it has infinities) to a number. */
export function float8e5m2ToFloat(value: number): number {
  return halfToFloat((value & 0xff) << 8);
}

/** Nearest float8 e5m2, ties to even, overflow to infinity. */
export function floatToFloat8e5m2(value: number): number {
  return encodeSmall(value, 5, 2);
}

/** float8 with 4 exponent and 3 fraction bits, bias 7, no infinities (0x7f and 0xff are NaN) to a number. */
export function float8e4m3fnToFloat(value: number): number {
  const sign = value & 0x80 ? -1 : 1;
  const exponent = (value >> 3) & 0xf;
  const fraction = value & 7;
  if ((value & 0x7f) === 0x7f) return Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  return sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

/** Nearest float8 e4m3fn, ties to even; what does not fit becomes NaN. */
export function floatToFloat8e4m3fn(value: number): number {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? 0x80 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value) || magnitude === Number.POSITIVE_INFINITY) return sign | 0x7f;
  const exponent = magnitude < 2 ** -6 ? -6 : Math.floor(Math.log2(magnitude));
  const units = roundHalfEven(magnitude / 2 ** (exponent - 3));
  const code = exponent === -6 && units < 8 ? units : ((exponent + 7) << 3) + (units - 8);
  return sign | (code > 0x7e ? 0x7f : code);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}

/** IEEE-like encoding with infinities; powers of two keep every step exact in a double. */
function encodeSmall(value: number, exponentBits: number, fractionBits: number): number {
  const signBit = 1 << (exponentBits + fractionBits);
  const infinity = ((1 << exponentBits) - 1) << fractionBits;
  if (Number.isNaN(value)) return infinity | (1 << (fractionBits - 1));
  const sign = value < 0 || Object.is(value, -0) ? signBit : 0;
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return sign | infinity;
  const bias = (1 << (exponentBits - 1)) - 1;
  const lowest = 1 - bias;
  const exponent = magnitude < 2 ** lowest ? lowest : exponentOf(magnitude);
  const units = roundHalfEven(magnitude / 2 ** (exponent - fractionBits));
  // units carries into the exponent by itself when rounding reaches the next power of two
  const code = ((exponent - lowest) << fractionBits) + units;
  return sign | Math.min(code, infinity);
}

/** floor(log2(x)) of a positive normal number, exact where Math.log2 may round up. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  return 2 ** guess > magnitude ? guess - 1 : 2 ** (guess + 1) <= magnitude ? guess + 1 : guess;
}
