import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  dtypeName,
  type NumberArray,
  product,
  scalarInt,
  strings,
  type Value,
} from "../value.ts";
import { widen } from "./half.ts";
import { decode, encode } from "./text-bytes.ts";

/** C's `%g`-like text of a float as TensorFlow's AsString prints it by default: `%f`. */
function formatFloat(x: number, precision: number, scientific: boolean, shortest: boolean): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const digits = precision < 0 ? 6 : precision;
  const negativeZero = Object.is(x, -0) ? "-" : "";
  if (scientific) return negativeZero + exponent(x.toExponential(digits));
  if (shortest) {
    if (x === 0) return `${negativeZero}0`;
    const p = digits === 0 ? 1 : digits;
    const power = Number(x.toExponential(p - 1).split("e")[1]);
    if (power < -4 || power >= p) return exponent(x.toExponential(p - 1).replace(/\.?0+e/, "e"));
    const fixed = toFixed(x, p - 1 - power);
    return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
  }
  return negativeZero + toFixed(x, digits);
}

function toFixed(x: number, digits: number): string {
  if (Math.abs(x) < 1e21) return x.toFixed(Math.min(100, digits));
  return `${BigInt(x)}${digits > 0 ? `.${"0".repeat(digits)}` : ""}`;
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

const asString: KernelFactory = (node) => {
  const precision = node.attrs.int("precision");
  const scientific = node.attrs.bool("scientific");
  const shortest = node.attrs.bool("shortest");
  const width = node.attrs.int("width");
  const fill = node.attrs.string("fill");
  if (scientific && shortest) throw invalid("Cannot select both scientific and shortest notation");
  const padded = (text: string): string => {
    if (width <= text.length) return text;
    if (fill.includes("-")) return text.padEnd(width);
    if (fill.includes("0")) {
      const sign = /^[-+]/.test(text) ? text[0]! : "";
      return sign + text.slice(sign.length).padStart(width - sign.length, "0");
    }
    return text.padStart(width);
  };
  const signed = (text: string): string =>
    /^-/.test(text) ? text : fill.includes("+") ? `+${text}` : fill.includes(" ") ? ` ${text}` : text;
  return ([given]) => {
    const x = widen(given!);
    const kind = arithmeticOf(x.dtype);
    if (kind === "string") return x;
    const source = x.data as ArrayLike<number | bigint>;
    const n = product(x.shape);
    const data = new Array<Uint8Array>(n);
    const float = x.dtype === "DT_FLOAT" || x.dtype === "DT_DOUBLE";
    for (let i = 0; i < n; i++) {
      let text: string;
      if (x.dtype === "DT_BOOL") text = source[i] ? "true" : "false";
      else if (kind === "complex") {
        const f = (v: number): string => formatFloat(v, precision, scientific, shortest);
        text = `(${f(Number(source[2 * i]))},${f(Number(source[2 * i + 1]))})`;
      } else if (float) text = formatFloat(source[i] as number, precision, scientific, shortest);
      else text = String(source[i]);
      data[i] = encode(padded(x.dtype === "DT_BOOL" ? text : signed(text)));
    }
    return { dtype: "DT_STRING", shape: x.shape, data };
  };
};

const toNumber: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("out_type");
  return ([x]) => {
    const data = allocate(dtype, x!.shape);
    for (const [i, bytes] of strings(x!).entries()) {
      const text = decode(bytes);
      const bad = () => invalid(`StringToNumberOp could not correctly convert string: ${text}`);
      const trimmed = text.trim();
      if (dtype === "DT_FLOAT" || dtype === "DT_DOUBLE") {
        const lower = trimmed.toLowerCase();
        const special = /^([+-]?)(inf|infinity|nan)$/.exec(lower);
        if (!special && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(lower)) throw bad();
        const value = special
          ? special[2] === "nan"
            ? Number.NaN
            : special[1] === "-"
              ? Number.NEGATIVE_INFINITY
              : Number.POSITIVE_INFINITY
          : Number(lower);
        (data as NumberArray)[i] = value;
      } else {
        if (!/^[+-]?\d+$/.test(trimmed)) throw bad();
        const value = BigInt(trimmed.replace(/^\+/, ""));
        if (dtype === "DT_INT64" || dtype === "DT_UINT64") {
          if (dtype === "DT_INT64" ? BigInt.asIntN(64, value) !== value : BigInt.asUintN(64, value) !== value)
            throw bad();
          (data as BigArray)[i] = value;
        } else {
          if (dtype === "DT_INT32" ? BigInt.asIntN(32, value) !== value : BigInt.asUintN(32, value) !== value)
            throw bad();
          (data as NumberArray)[i] = Number(value);
        }
      }
    }
    return { dtype, shape: x!.shape, data };
  };
};

const RAW_WIDTH: Partial<Record<DType, number>> = {
  DT_FLOAT: 4,
  DT_DOUBLE: 8,
  DT_INT32: 4,
  DT_UINT16: 2,
  DT_UINT8: 1,
  DT_INT16: 2,
  DT_INT8: 1,
  DT_INT64: 8,
  DT_HALF: 2,
  DT_BFLOAT16: 2,
  DT_BOOL: 1,
  DT_COMPLEX64: 8,
  DT_COMPLEX128: 16,
};

function rawArray(
  dtype: DType,
  shape: readonly number[],
  pieces: readonly Uint8Array[],
  width: number,
  little: boolean,
  each: number,
): Value {
  const data = allocate(dtype, shape);
  const bytes = new Uint8Array((data as Uint8Array).buffer);
  for (const [i, piece] of pieces.entries()) bytes.set(piece.subarray(0, each), i * each);
  if (!little && width > 1)
    for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return { dtype, shape, data };
}

const decodeRaw: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("out_type");
  const little = node.attrs.bool("little_endian");
  const width = RAW_WIDTH[dtype] ?? 1;
  return ([x]) => {
    const items = strings(x!);
    const first = items[0];
    if (!first) return { dtype, shape: [...x!.shape, 0], data: allocate(dtype, [0]) };
    for (const item of items) {
      if (item.length !== first.length) {
        throw invalid(
          `DecodeRaw requires input strings to all be the same size, but element ${items.indexOf(item)} has size ${first.length} != ${item.length}`,
        );
      }
    }
    if (first.length % width !== 0) {
      throw invalid(
        `Input to DecodeRaw has length ${first.length} that is not a multiple of ${width}, the size of ${dtypeName(dtype)}`,
      );
    }
    return rawArray(dtype, [...x!.shape, first.length / width], items, width, little, first.length);
  };
};

const decodePaddedRaw: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("out_type");
  const little = node.attrs.bool("little_endian");
  const width = RAW_WIDTH[dtype] ?? 1;
  return ([x, length]) => {
    const n = scalarInt(length!);
    if (n <= 0 || n % width !== 0)
      throw invalid(`fixed_length (${n}) must be a multiple of the size of out_type (${width})`);
    return rawArray(dtype, [...x!.shape, n / width], strings(x!), width, little, n);
  };
};

export const stringNumberKernels: KernelTable = {
  AsString: asString,
  StringToNumber: toNumber,
  DecodeRaw: decodeRaw,
  DecodePaddedRaw: decodePaddedRaw,
};
