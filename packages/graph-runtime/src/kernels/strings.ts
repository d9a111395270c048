import type { DType } from "@servable/tensors";
import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import {
  allocate,
  arithmeticOf,
  type BigArray,
  dtypeName,
  EMPTY_BYTES,
  integers,
  ints,
  type NumberArray,
  product,
  scalarInt,
  shapeText,
  strings,
  type Value,
} from "../value.ts";
import { broadcast, eachRow } from "./broadcast.ts";
import { farmHash64 } from "./farm-hash.ts";
import { widen } from "./half.ts";
import { reductionAxes } from "./reduce.ts";
import { compileRe2, rewriteOf } from "./regex.ts";
import { transpose } from "./shape.ts";
import { sipHash24 } from "./sip-hash.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const encode = (text: string): Uint8Array => encoder.encode(text);
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

function mapStrings(of: Value, f: (item: Uint8Array) => Uint8Array): Value {
  return { dtype: "DT_STRING", shape: of.shape, data: strings(of).map(f) };
}

function join(inputs: readonly Value[], separator: Uint8Array): Value {
  const shape = inputs.find((input) => input.shape.length > 0)?.shape ?? [];
  for (const input of inputs) {
    if (
      input.shape.length > 0 &&
      (input.shape.length !== shape.length || input.shape.some((n, d) => n !== shape[d]))
    ) {
      throw invalid(`Input shapes do not match: ${shapeText(shape)} vs. ${shapeText(input.shape)}`);
    }
  }
  const count = product(shape);
  const data = new Array<Uint8Array>(count);
  for (let i = 0; i < count; i++) {
    const parts: Uint8Array[] = [];
    for (const [k, input] of inputs.entries()) {
      if (k > 0 && separator.length > 0) parts.push(separator);
      parts.push(strings(input)[input.shape.length === 0 ? 0 : i]!);
    }
    data[i] = concatBytes(parts);
  }
  return { dtype: "DT_STRING", shape, data };
}

function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

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

function base64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(text)) throw invalid("Invalid character found in base64.");
  const body = text.replace(/=+$/, "");
  if (body.length % 4 === 1) throw invalid("1 trailing base64 character is not decodable.");
  return new Uint8Array(Buffer.from(body, "base64url"));
}

/** Characters of a string, as positions of their first bytes. */
function characterStarts(bytes: Uint8Array): number[] {
  const starts: number[] = [];
  for (let i = 0; i < bytes.length; i++) if ((bytes[i]! & 0xc0) !== 0x80) starts.push(i);
  return starts;
}

const substr: KernelFactory = (node) => {
  const utf8 = node.attrs.string("unit") === "UTF8_CHAR";
  return ([x, position, length]) => {
    const plan = broadcast(x!.shape, position!.shape);
    const data = new Array<Uint8Array>(product(plan.shape));
    const items = strings(x!);
    const at = position!.data as ArrayLike<number | bigint>;
    const sizes = length!.data as ArrayLike<number | bigint>;
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++) {
        const text = items[i + k * si]!;
        let from = Number(at[j + k * sj]);
        const count = Number(sizes[j + k * sj]);
        if (utf8) {
          const starts = characterStarts(text);
          if (from < 0) from += starts.length;
          if (from < 0 || from > starts.length)
            throw invalid(`pos ${Number(at[j + k * sj])} out of range for string at index ${i + k * si}`);
          const end = from + count >= starts.length ? text.length : starts[from + count]!;
          data[o + k] = text.subarray(
            starts[from] ?? text.length,
            Math.max(starts[from] ?? text.length, end),
          );
        } else {
          if (from < 0) from += text.length;
          if (from < 0 || from > text.length)
            throw invalid(
              `pos ${Number(at[j + k * sj])} out of range for string b'${decode(text)}' at index ${i + k * si}`,
            );
          data[o + k] = text.subarray(from, Math.min(text.length, from + Math.max(0, count)));
        }
      }
    });
    return { dtype: "DT_STRING", shape: plan.shape, data };
  };
};

/** Sparse result of splitting each string: indices, values, dense shape. */
function sparsePieces(rows: readonly (readonly Uint8Array[])[]): Value[] {
  let widest = 0;
  const indices: number[] = [];
  const values: Uint8Array[] = [];
  for (const [r, row] of rows.entries()) {
    widest = Math.max(widest, row.length);
    for (const [c, piece] of row.entries()) {
      indices.push(r, c);
      values.push(piece);
    }
  }
  return [
    integers("DT_INT64", [values.length, 2], indices),
    { dtype: "DT_STRING", shape: [values.length], data: values },
    integers("DT_INT64", [2], [rows.length, widest]),
  ];
}

function splitText(text: string, separator: string, most: number): string[] {
  if (separator === "") {
    const words: string[] = [];
    let rest = text.replace(/^[ \t\n\v\f\r]+/, "");
    while (rest !== "") {
      if (most >= 0 && words.length === most) {
        words.push(rest.replace(/[ \t\n\v\f\r]+$/, ""));
        break;
      }
      const found = /[ \t\n\v\f\r]+/.exec(rest);
      if (!found) {
        words.push(rest);
        break;
      }
      words.push(rest.slice(0, found.index));
      rest = rest.slice(found.index + found[0].length);
    }
    return words;
  }
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

// Bytes as characters: separators and pieces are bytes, not text.
const latin = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
const unlatin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

const splitV2: KernelFactory = (node) => {
  const most = node.attrs.int("maxsplit");
  return ([x, separator]) => {
    const by = latin(strings(separator!)[0] ?? EMPTY_BYTES);
    return sparsePieces(strings(x!).map((bytes) => splitText(latin(bytes), by, most).map(unlatin)));
  };
};

const splitV1: KernelFactory = (node) => {
  const skip = node.attrs.bool("skip_empty");
  return ([x, delimiters]) => {
    const set = latin(strings(delimiters!)[0] ?? EMPTY_BYTES);
    return sparsePieces(
      strings(x!).map((bytes) => {
        const text = latin(bytes);
        let parts: string[] = [];
        if (set === "") parts = [...text];
        else {
          let current = "";
          for (const c of text) {
            if (set.includes(c)) {
              parts.push(current);
              current = "";
            } else current += c;
          }
          parts.push(current);
        }
        if (skip) parts = parts.filter((part) => part !== "");
        return parts.map(unlatin);
      }),
    );
  };
};

const STRIP = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

function changeCase(up: boolean): KernelFactory {
  return (node) => {
    const utf8 = node.attrs.string("encoding") === "utf-8";
    return ([x]) =>
      mapStrings(x!, (bytes) => {
        if (utf8) return encode(up ? decode(bytes).toUpperCase() : decode(bytes).toLowerCase());
        return bytes.map((c) => (up ? (c >= 97 && c <= 122 ? c - 32 : c) : c >= 65 && c <= 90 ? c + 32 : c));
      });
  };
}

function regexReplace(x: Value, pattern: string, rewrite: string, all: boolean): Value {
  const expression = compileRe2(pattern, all ? "g" : "");
  const by = rewriteOf(rewrite);
  return mapStrings(x, (bytes) => encode(decode(bytes).replace(expression, by)));
}

function fullMatch(x: Value, pattern: string): Value {
  const expression = compileRe2(`^(?:${pattern})$`, "");
  const items = strings(x);
  const data = new Uint8Array(items.length);
  for (const [i, item] of items.entries()) data[i] = expression.test(decode(item)) ? 1 : 0;
  return { dtype: "DT_BOOL", shape: x.shape, data };
}

function buckets(x: Value, count: number, hash: (bytes: Uint8Array) => bigint): Value {
  const items = strings(x);
  const data = new BigInt64Array(items.length);
  for (const [i, item] of items.entries()) data[i] = hash(item) % BigInt(count);
  return { dtype: "DT_INT64", shape: x.shape, data };
}

const reduceJoin: KernelFactory = (node) => {
  const separator = node.attrs.bytes("separator");
  const keep = node.attrs.bool("keep_dims");
  return ([x, axesGiven]) => {
    const rank = x!.shape.length;
    const axes = reductionAxes(axesGiven!, rank);
    // The first axis named varies fastest.
    const order = ints(axesGiven!)
      .map((axis) => (axis < 0 ? axis + rank : axis))
      .reverse();
    const kept = x!.shape.map((_, d) => d).filter((d) => !axes.includes(d));
    const moved = strings(transpose(x!, [...kept, ...order]));
    const count = order.reduce((n, d) => n * x!.shape[d]!, 1);
    const outer = kept.reduce((n, d) => n * x!.shape[d]!, 1);
    const data = Array.from({ length: outer }, (_, o) => {
      const parts: Uint8Array[] = [];
      for (let i = 0; i < count; i++) {
        if (i > 0 && separator.length > 0) parts.push(separator);
        parts.push(moved[o * count + i]!);
      }
      return concatBytes(parts);
    });
    const shape = keep ? x!.shape.map((n, d) => (axes.includes(d) ? 1 : n)) : kept.map((d) => x!.shape[d]!);
    return { dtype: "DT_STRING", shape, data };
  };
};

function ragged(starts: readonly number[], values: Value): Value[] {
  return [integers("DT_INT64", [starts.length], starts), values];
}

const unicodeDecode: KernelFactory =
  (node) =>
  ([x]) => {
    const offsets = node.op === "UnicodeDecodeWithOffsets";
    const replacement = node.attrs.int("replacement_char");
    const splits = [0];
    const points: number[] = [];
    const places: number[] = [];
    for (const bytes of strings(x!)) {
      let at = 0;
      for (const character of decode(bytes)) {
        const point = character.codePointAt(0)!;
        points.push(point === 0xfffd ? replacement : point);
        places.push(at);
        at += encode(character).length;
      }
      splits.push(points.length);
    }
    const chars: Value = { dtype: "DT_INT32", shape: [points.length], data: Int32Array.from(points) };
    return offsets
      ? [...ragged(splits, chars), integers("DT_INT64", [places.length], places)]
      : ragged(splits, chars);
  };

/** Ops on byte strings. */
export const stringKernels: KernelTable = {
  StringJoin: (node) => {
    const separator = node.attrs.bytes("separator");
    return (inputs) => join(inputs, separator);
  },
  ReduceJoin: reduceJoin,
  UnsortedSegmentJoin: (node) => {
    const separator = node.attrs.bytes("separator");
    return ([x, ids, count]) => {
      const rank = ids!.shape.length;
      const rest = x!.shape.slice(rank);
      const inner = product(rest);
      const segments = scalarInt(count!);
      const parts: Uint8Array[][] = Array.from({ length: segments * inner }, () => []);
      for (const [i, id] of ints(ids!).entries()) {
        if (id < 0) continue;
        if (id >= segments) throw invalid(`segment_ids[${i}] = ${id} is out of range [0, ${segments})`);
        for (let k = 0; k < inner; k++) {
          const list = parts[id * inner + k]!;
          if (list.length > 0) list.push(separator);
          list.push(strings(x!)[i * inner + k]!);
        }
      }
      return { dtype: "DT_STRING", shape: [segments, ...rest], data: parts.map(concatBytes) };
    };
  },
  AsString: asString,
  StringToNumber: toNumber,
  DecodeRaw: decodeRaw,
  DecodePaddedRaw: decodePaddedRaw,
  DecodeBase64:
    () =>
    ([x]) =>
      mapStrings(x!, (bytes) => base64(decode(bytes))),
  EncodeBase64: (node) => {
    const pad = node.attrs.bool("pad");
    return ([x]) =>
      mapStrings(x!, (bytes) => {
        const text = Buffer.from(bytes).toString("base64url");
        return encode(pad ? text.padEnd(Math.ceil(text.length / 4) * 4, "=") : text);
      });
  },
  StringLength: (node) => {
    const utf8 = node.attrs.string("unit") === "UTF8_CHAR";
    return ([x]) =>
      integers(
        "DT_INT32",
        x!.shape,
        strings(x!).map((bytes) => (utf8 ? characterStarts(bytes).length : bytes.length)),
      );
  },
  Substr: substr,
  StringSplit: splitV1,
  StringSplitV2: splitV2,
  StringStrip:
    () =>
    ([x]) =>
      mapStrings(x!, (bytes) => unlatin(latin(bytes).replace(STRIP, ""))),
  StringLower: changeCase(false),
  StringUpper: changeCase(true),
  RegexReplace: (node) => {
    const all = node.attrs.bool("replace_global");
    return ([x, pattern, rewrite]) =>
      regexReplace(x!, decode(strings(pattern!)[0]!), decode(strings(rewrite!)[0]!), all);
  },
  StaticRegexReplace: (node) => {
    const all = node.attrs.bool("replace_global");
    const pattern = node.attrs.string("pattern");
    const rewrite = node.attrs.string("rewrite");
    return ([x]) => regexReplace(x!, pattern, rewrite, all);
  },
  RegexFullMatch:
    () =>
    ([x, pattern]) =>
      fullMatch(x!, decode(strings(pattern!)[0]!)),
  StaticRegexFullMatch: (node) => {
    const pattern = node.attrs.string("pattern");
    return ([x]) => fullMatch(x!, pattern);
  },
  StringToHashBucketFast: (node) => {
    const count = node.attrs.int("num_buckets");
    return ([x]) => buckets(x!, count, farmHash64);
  },
  StringToHashBucketStrong: (node) => {
    const count = node.attrs.int("num_buckets");
    const key = node.attrs.get("key").list?.i ?? [];
    return ([x]) => buckets(x!, count, (bytes) => sipHash24(bytes, key[0] ?? 0n, key[1] ?? 0n));
  },
  UnicodeDecode: unicodeDecode,
  UnicodeDecodeWithOffsets: unicodeDecode,
  UnicodeEncode:
    () =>
    ([points, splits]) => {
      const at = ints(splits!);
      const values = ints(points!);
      const data = at.slice(1).map((end, i) =>
        encode(
          values
            .slice(at[i], end)
            .map((point) =>
              String.fromCodePoint(
                point > 0x10ffff || point < 0 || (point >= 0xd800 && point < 0xe000) ? 0xfffd : point,
              ),
            )
            .join(""),
        ),
      );
      return { dtype: "DT_STRING", shape: [data.length], data };
    },
  StringFormat: (node) => {
    const template = node.attrs.string("template");
    const placeholder = node.attrs.string("placeholder");
    return (inputs) => {
      const parts = template.split(placeholder);
      let text = parts[0]!;
      for (const [i, input] of inputs.entries()) text += shownTensor(input) + (parts[i + 1] ?? "");
      return { dtype: "DT_STRING", shape: [], data: [encode(text)] };
    };
  },
};

function shownTensor(of: Value): string {
  const items =
    of.dtype === "DT_STRING"
      ? strings(of).map((s) => `"${decode(s)}"`)
      : Array.from(of.data as ArrayLike<unknown>, String);
  const show = (depth: number, from: number): string => {
    if (depth === of.shape.length) return items[from]!;
    const step = product(of.shape, depth + 1);
    return `[${Array.from({ length: of.shape[depth]! }, (_, i) => show(depth + 1, from + i * step)).join(" ")}]`;
  };
  return show(0, 0);
}
