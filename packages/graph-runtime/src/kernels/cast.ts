import type { DType } from "@servable/tensors";
import { unimplemented } from "../graph-error.ts";
import type { KernelTable } from "../kernel.ts";
import { allocate, arithmeticOf, type BigArray, dtypeName, type NumberArray, type Value } from "../value.ts";
import { floatsToHalf, widen } from "./half.ts";

/** float to int as x86 does it: what does not fit becomes the lowest number. */
function toInt32(x: number): number {
  if (Number.isNaN(x) || x >= 2147483648 || x <= -2147483649) return -2147483648;
  return Math.trunc(x);
}

const LOWEST64 = -(2n ** 63n);

function toInt64(x: number): bigint {
  if (Number.isNaN(x) || x >= 2 ** 63 || x < -(2 ** 63)) return LOWEST64;
  return BigInt(Math.trunc(x));
}

/** Converts each element. @throws GraphError for strings, resources and variants */
export function cast(given: Value, dtype: DType): Value {
  if (given.dtype === dtype) return given;
  let x = widen(given);
  const to = arithmeticOf(dtype);
  if (x.dtype === dtype) return x;
  const from = arithmeticOf(x.dtype);
  if (from === "string" || from === "other" || to === "string" || to === "other") {
    throw unimplemented(`Cast ${dtypeName(given.dtype)} to ${dtypeName(dtype)} is not supported`, ["Cast"]);
  }
  if (to === "half") {
    const single = cast(x, "DT_FLOAT");
    return { dtype, shape: given.shape, data: floatsToHalf(dtype as "DT_HALF", single.data as Float32Array) };
  }
  const data = allocate(dtype, given.shape);
  const result: Value = { dtype, shape: given.shape, data };
  if (from === "complex") {
    const pairs = x.data as Float32Array;
    if (to === "complex") {
      (data as Float32Array).set(pairs);
      return result;
    }
    if (dtype === "DT_BOOL") {
      for (let i = 0; i < data.length; i++)
        (data as Uint8Array)[i] = pairs[2 * i] !== 0 || pairs[2 * i + 1] !== 0 ? 1 : 0;
      return result;
    }
    const real = new Float64Array(pairs.length / 2);
    for (let i = 0; i < real.length; i++) real[i] = pairs[2 * i]!;
    x = { dtype: "DT_DOUBLE", shape: given.shape, data: real };
    return cast(x, dtype);
  }
  const source = x.data as NumberArray | BigArray;
  const n = source.length;
  if (to === "complex") {
    for (let i = 0; i < n; i++) (data as Float32Array)[2 * i] = Number(source[i]);
  } else if (dtype === "DT_BOOL") {
    for (let i = 0; i < n; i++) (data as Uint8Array)[i] = Number(source[i]) !== 0 ? 1 : 0;
  } else if (to === "bigint") {
    const out = data as BigArray;
    if (from === "bigint") for (let i = 0; i < n; i++) out[i] = (source as BigArray)[i]!;
    else if (x.dtype === "DT_FLOAT" || x.dtype === "DT_DOUBLE") {
      const unsigned = dtype === "DT_UINT64";
      for (let i = 0; i < n; i++) {
        const v = (source as Float64Array)[i]!;
        out[i] = unsigned && v >= 2 ** 63 && v < 2 ** 64 ? BigInt(Math.trunc(v)) : toInt64(v);
      }
    } else for (let i = 0; i < n; i++) out[i] = BigInt((source as NumberArray)[i]!);
  } else if (from === "bigint") {
    const out = data as NumberArray;
    const float = dtype === "DT_FLOAT" || dtype === "DT_DOUBLE";
    for (let i = 0; i < n; i++) {
      const v = (source as BigArray)[i]!;
      out[i] = float ? Number(v) : Number(BigInt.asIntN(32, v));
    }
  } else if (
    (x.dtype === "DT_FLOAT" || x.dtype === "DT_DOUBLE") &&
    dtype !== "DT_FLOAT" &&
    dtype !== "DT_DOUBLE"
  ) {
    const out = data as NumberArray;
    const wide = dtype === "DT_UINT32";
    for (let i = 0; i < n; i++) {
      const v = (source as Float32Array)[i]!;
      // Narrow integers take the low bits of the 32-bit one.
      out[i] = wide ? Number(BigInt.asUintN(32, toInt64(v))) : toInt32(v);
    }
  } else (data as NumberArray).set(source as NumberArray);
  return result;
}

export const castKernels: KernelTable = {
  Cast: (node) => {
    const dtype = node.attrs.dtype("DstT");
    return ([x]) => cast(x!, dtype);
  },
};
