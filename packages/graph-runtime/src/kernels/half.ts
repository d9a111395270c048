import type { KernelFactory, KernelTable, PlainKernel } from "../kernel.ts";
import { arithmeticOf, type Value } from "../value.ts";

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);
let halfTable: Float32Array | undefined;

function halves(): Float32Array {
  if (halfTable) return halfTable;
  halfTable = new Float32Array(65536);
  for (let i = 0; i < 65536; i++) {
    const sign = i & 0x8000 ? -1 : 1;
    const exponent = (i >> 10) & 31;
    const fraction = i & 0x3ff;
    halfTable[i] =
      exponent === 0
        ? sign * fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? sign * Number.POSITIVE_INFINITY
            : Number.NaN
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halfTable;
}

/** Bits of half or bfloat16 elements to float32; exact. */
export function halfToFloats(dtype: "DT_HALF" | "DT_BFLOAT16", source: Uint16Array): Float32Array {
  const result = new Float32Array(source.length);
  if (dtype === "DT_BFLOAT16") {
    const raw = new Uint32Array(result.buffer);
    for (let i = 0; i < source.length; i++) raw[i] = source[i]! << 16;
    return result;
  }
  const table = halves();
  for (let i = 0; i < source.length; i++) result[i] = table[source[i]!]!;
  return result;
}

/** Nearest half of a float32's value, ties to even. */
function halfBits(value: number): number {
  word[0] = value;
  const raw = bits[0]!;
  const sign = (raw >>> 16) & 0x8000;
  const exponent = (raw >>> 23) & 255;
  const fraction = raw & 0x7fffff;
  if (exponent === 255) return sign | (fraction ? 0x7e00 : 0x7c00);
  const e = exponent - 112;
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    if (e < -10) return sign;
    const full = fraction | 0x800000;
    const shift = 14 - e;
    const half = full >>> shift;
    const rest = full & ((1 << shift) - 1);
    const middle = 1 << (shift - 1);
    return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0));
  }
  const half = (e << 10) | (fraction >>> 13);
  const rest = fraction & 0x1fff;
  return sign | (half + (rest > 0x1000 || (rest === 0x1000 && half & 1) ? 1 : 0));
}

/** float32 to the bits of half or bfloat16, ties to even. */
export function floatsToHalf(dtype: "DT_HALF" | "DT_BFLOAT16", source: Float32Array): Uint16Array {
  const result = new Uint16Array(source.length);
  if (dtype === "DT_BFLOAT16") {
    for (let i = 0; i < source.length; i++) {
      word[0] = source[i]!;
      const raw = bits[0]!;
      result[i] = Number.isNaN(word[0]) ? 0x7fc0 : ((raw + 0x7fff + ((raw >>> 16) & 1)) >>> 16) & 0xffff;
    }
    return result;
  }
  for (let i = 0; i < source.length; i++) result[i] = halfBits(source[i]!);
  return result;
}

/** half or bfloat16 value as float32, others as they are. */
export function widen(of: Value): Value {
  if (arithmeticOf(of.dtype) !== "half") return of;
  const data = halfToFloats(of.dtype as "DT_HALF", of.data as Uint16Array);
  return { dtype: "DT_FLOAT", shape: of.shape, data };
}

/** float32 value as half or bfloat16, others as they are. */
export function narrow(of: Value, dtype: Value["dtype"]): Value {
  if (of.dtype !== "DT_FLOAT" || arithmeticOf(dtype) !== "half") return of;
  return { dtype, shape: of.shape, data: floatsToHalf(dtype as "DT_HALF", of.data as Float32Array) };
}

/** A kernel that computes half and bfloat16 in float32 and rounds once, at its end. */
export function throughFloat(factory: KernelFactory): KernelFactory {
  return (node) => {
    const kernel = factory(node) as PlainKernel;
    return (inputs, run) => {
      const small = inputs.find((input) => arithmeticOf(input.dtype) === "half");
      if (!small) return kernel(inputs, run);
      const outputs = kernel(inputs.map(widen), run);
      return Array.isArray(outputs)
        ? (outputs as readonly Value[]).map((output) => narrow(output, small.dtype))
        : narrow(outputs as Value, small.dtype);
    };
  };
}

/** `throughFloat` for a whole family. */
export function tableThroughFloat(table: KernelTable): KernelTable {
  return Object.fromEntries(Object.entries(table).map(([op, factory]) => [op, throughFloat(factory)]));
}
