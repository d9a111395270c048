import { DTYPE_FACTS, type DType, isDType } from "./dtype.ts";
import {
  bfloat16ToFloat,
  float8e4m3fnToFloat,
  float8e5m2ToFloat,
  floatToBfloat16,
  floatToFloat8e4m3fn,
  floatToFloat8e5m2,
  floatToHalf,
  halfToFloat,
} from "./small-floats.ts";
import { allocate, elementCount, isStringData } from "./storage.ts";
import type { Tensor, TensorData } from "./tensor.ts";
import { TensorError } from "./tensor-error.ts";

/** A float: a number, or the words that JSON has no number for. */
export type JsonFloat = number | "NaN" | "Infinity" | "-Infinity";

/** One element: complex as [re, im], 64-bit integers as decimal strings, byte strings as base64. */
export type JsonElement =
  | JsonFloat
  | boolean
  | string
  | readonly [JsonFloat, JsonFloat]
  | { readonly b64: string };

/** Element i (row-major) is ((i * mul + add) mod modulus) * scale + offset. */
export interface TensorPattern {
  readonly mul: number;
  readonly add: number;
  readonly modulus: number;
  readonly scale?: number;
  readonly offset?: number;
}

/** JSON form of a tensor as in goldens: `values` in row-major order, or a `pattern` for big inputs. */
export interface TensorJson {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values?: readonly JsonElement[];
  readonly pattern?: TensorPattern;
}

const SMALL_FLOATS: Partial<Record<DType, { read(bits: number): number; write(value: number): number }>> = {
  DT_HALF: { read: halfToFloat, write: floatToHalf },
  DT_BFLOAT16: { read: bfloat16ToFloat, write: floatToBfloat16 },
  DT_FLOAT8_E5M2: { read: float8e5m2ToFloat, write: floatToFloat8e5m2 },
  DT_FLOAT8_E4M3FN: { read: float8e4m3fnToFloat, write: floatToFloat8e4m3fn },
};

/** Whether a dtype's elements are real floating-point numbers, also half, bfloat16 and float8. */
export function isFloating(dtype: DType): boolean {
  return dtype === "DT_FLOAT" || dtype === "DT_DOUBLE" || SMALL_FLOATS[dtype] !== undefined;
}

/**
 * Element `index` as a plain value: number, bigint for 64-bit integers, boolean, byte string; for complex dtypes one
 * part, by array entry. Small floats are converted from their bits.
 */
export function elementAt(tensor: Tensor, index: number): number | bigint | boolean | Uint8Array {
  const value = tensor.data[index];
  if (value === undefined) throw new TensorError("invalid-shape", `the tensor has no element ${index}`);
  if (tensor.dtype === "DT_BOOL") return value !== 0;
  const small = SMALL_FLOATS[tensor.dtype];
  return small === undefined ? value : small.read(value as number);
}

/** Stores a number as an element of a floating dtype, rounding once; other dtypes keep the low bits. */
export function setNumber(tensor: Tensor, index: number, value: number): void {
  const { data, dtype } = tensor;
  if (isStringData(data)) throw new TensorError("invalid-value", "a string tensor holds no numbers");
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    data[index] = BigInt(Math.trunc(value));
  else data[index] = SMALL_FLOATS[dtype]?.write(value) ?? value;
}

const jsonFloat = (value: number): JsonFloat =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

/** The JSON form of a tensor. `-0` stays `-0` in the value but is lost by JSON.stringify. */
export function tensorToJson(tensor: Tensor): TensorJson {
  const { dtype, shape, data } = tensor;
  const { lanes } = DTYPE_FACTS[dtype];
  const values: JsonElement[] = [];
  if (isStringData(data)) for (const value of data) values.push({ b64: toBase64(value) });
  else if (lanes === 2) {
    for (let at = 0; at + 1 < data.length; at += 2) {
      values.push([jsonFloat(Number(data[at])), jsonFloat(Number(data[at + 1]))]);
    }
  } else {
    for (let at = 0; at < data.length; at++) {
      const value = elementAt(tensor, at);
      values.push(
        typeof value === "bigint"
          ? String(value)
          : typeof value === "number"
            ? jsonFloat(value)
            : (value as boolean),
      );
    }
  }
  return { dtype, shape: [...shape], values };
}

/**
 * A tensor from its JSON form. Takes parsed JSON of unknown origin: everything is checked.
 * 64-bit integers may be decimal strings or safe numbers; strings may be plain text or {"b64"}.
 * @throws TensorError naming the element that is wrong.
 */
export function tensorFromJson(json: unknown): Tensor {
  if (typeof json !== "object" || json === null)
    throw new TensorError("invalid-value", "a tensor is an object with dtype, shape and values");
  const { dtype, shape, values, pattern } = json as Record<string, unknown>;
  if (typeof dtype !== "string" || !isDType(dtype)) {
    throw new TensorError("invalid-dtype", `${JSON.stringify(dtype)} is not a dtype, such as DT_FLOAT`);
  }
  if (!Array.isArray(shape) || !shape.every((size): size is number => typeof size === "number")) {
    throw new TensorError("invalid-shape", "shape is a list of sizes");
  }
  const count = elementCount(shape);
  if (Array.isArray(values)) {
    if (values.length !== count) {
      throw new TensorError(
        "invalid-shape",
        `shape [${shape.join(",")}] wants ${count} values but there are ${values.length}`,
      );
    }
    const tensor: Tensor = { dtype, shape, data: allocate(dtype, count) };
    for (let index = 0; index < count; index++) setElement(tensor, index, values[index]);
    return tensor;
  }
  if (typeof pattern === "object" && pattern !== null) {
    return tensorFromPattern(dtype, shape, pattern as TensorPattern);
  }
  throw new TensorError("invalid-value", "a tensor has either values or a pattern");
}

/** Most elements that a pattern may ask for. */
const MAX_PATTERN_ELEMENTS = 2 ** 28;

/** A tensor of a numeric dtype from a pattern. */
export function tensorFromPattern(dtype: DType, shape: readonly number[], pattern: TensorPattern): Tensor {
  const { mul, add, modulus, scale = 1, offset = 0 } = pattern;
  if (![mul, add, modulus].every(Number.isSafeInteger) || modulus <= 0 || !Number.isFinite(scale + offset)) {
    throw new TensorError(
      "invalid-value",
      "a pattern has whole numbers mul, add, modulus > 0, and numbers scale, offset",
    );
  }
  const count = elementCount(shape);
  if (count > MAX_PATTERN_ELEMENTS)
    throw new TensorError("too-large", `a pattern of ${count} elements is too large`);
  const tensor: Tensor = { dtype, shape, data: allocate(dtype, count) };
  const step = ((mul % modulus) + modulus) % modulus;
  let rest = ((add % modulus) + modulus) % modulus;
  const entries = count * DTYPE_FACTS[dtype].lanes;
  for (let index = 0; index < entries; index++) {
    setNumber(tensor, index, rest * scale + offset);
    rest = (rest + step) % modulus;
  }
  return tensor;
}

function wrong(index: number, value: unknown, dtype: DType, want: string): TensorError {
  const text = JSON.stringify(value) ?? String(value);
  return new TensorError(
    "invalid-value",
    `value ${index} is ${text.length > 40 ? `${text.slice(0, 40)}…` : text}, but ${dtype} takes ${want}`,
  );
}

function setElement(tensor: Tensor, index: number, value: unknown): void {
  const { dtype } = tensor;
  const { kind, lanes } = DTYPE_FACTS[dtype];
  const data = tensor.data as Exclude<TensorData, readonly Uint8Array[]>;
  if (kind === "bytes") {
    (tensor.data as Uint8Array[])[index] = bytesFromJson(value, index, dtype);
  } else if (lanes === 2) {
    if (!Array.isArray(value) || value.length !== 2) throw wrong(index, value, dtype, "[real, imaginary]");
    data[index * 2] = floatFromJson(value[0], index, dtype);
    data[index * 2 + 1] = floatFromJson(value[1], index, dtype);
  } else if (isFloating(dtype)) setNumber(tensor, index, floatFromJson(value, index, dtype));
  else if (dtype === "DT_BOOL") {
    if (typeof value !== "boolean") throw wrong(index, value, dtype, "true or false");
    data[index] = value ? 1 : 0;
  } else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const whole = integerFromJson(value, index, dtype);
    data[index] = whole;
    if (data[index] !== whole) throw wrong(index, value, dtype, "integers of its range");
  } else {
    const whole = Number(integerFromJson(value, index, dtype));
    const low = dtype === "DT_INT4" ? -8 : 0;
    const inNibble = whole >= low && whole <= (dtype === "DT_INT4" ? 7 : 15);
    data[index] = whole;
    if (data[index] !== whole || ((dtype === "DT_INT4" || dtype === "DT_UINT4") && !inNibble)) {
      throw wrong(index, value, dtype, "integers of its range");
    }
  }
}

function floatFromJson(value: unknown, index: number, dtype: DType): number {
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  throw wrong(index, value, dtype, "numbers, or the strings NaN, Infinity, -Infinity");
}

function integerFromJson(value: unknown, index: number, dtype: DType): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "bigint") return value;
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw wrong(index, value, dtype, "integers (beyond 2^53 as decimal strings)");
}

function bytesFromJson(value: unknown, index: number, dtype: DType): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (typeof value === "object" && value !== null && "b64" in value && typeof value.b64 === "string") {
    const bytes = fromBase64(value.b64);
    if (bytes !== undefined) return bytes;
  }
  throw wrong(index, value, dtype, 'text or {"b64": standard base64}');
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    part += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!;
    part += left > 1 ? ALPHABET[(group >> 6) & 63]! : "=";
    part += left > 2 ? ALPHABET[group & 63]! : "=";
    if (part.length > 0x4000) {
      parts.push(part);
      part = "";
    }
  }
  parts.push(part);
  return parts.join("");
}

/** Bytes of standard base64, padded or not; undefined if it is neither. */
export function fromBase64(text: string): Uint8Array | undefined {
  const plain = text.replace(/={0,2}$/, "");
  if (plain.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((plain.length * 3) / 4));
  let at = 0;
  let held = 0;
  let bits = 0;
  for (const character of plain) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}
