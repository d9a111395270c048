import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import type { DType } from "@servable/tensors";
import { GraphError, invalid, unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, integers, ints, product, strings, type Value } from "../value.ts";
import { stridesOf } from "./strided.ts";

const encoder = new TextEncoder();

const join = (parts: readonly Uint8Array[], separator: Uint8Array): Uint8Array => {
  const all: Uint8Array[] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0 && separator.length > 0) all.push(separator);
    all.push(part);
  }
  return new Uint8Array(Buffer.concat(all));
};

const nGrams: KernelFactory = (node) => {
  const separator = node.attrs.bytes("separator");
  const widths = node.attrs.ints("ngram_widths");
  const left = node.attrs.bytes("left_pad");
  const right = node.attrs.bytes("right_pad");
  const padWidth = node.attrs.int("pad_width");
  const preserveShort = node.attrs.bool("preserve_short_sequences");
  const splitType = node.attrs.dtype("Tsplits");
  const padOf = (width: number): number => Math.min(padWidth < 0 ? width - 1 : padWidth, width - 1);
  return ([dataValue, splitsValue]) => {
    const tokens = strings(dataValue!);
    const splits = ints(splitsValue!);
    const out: Uint8Array[] = [];
    const outSplits = [0];
    const make = (from: number, length: number, width: number, pad: number, count: number): void => {
      for (let i = 0; i < count; i++) {
        const before = Math.max(0, pad - i);
        const after = Math.max(0, pad - (count - (i + 1)));
        const words = width - before - after;
        const start = from + (before > 0 ? 0 : i - pad);
        const parts: Uint8Array[] = [];
        for (let k = 0; k < before; k++) parts.push(left);
        for (let k = 0; k < words && start + k < from + length; k++) parts.push(tokens[start + k]!);
        for (let k = 0; k < after; k++) parts.push(right);
        out.push(join(parts, separator));
      }
    };
    for (let row = 0; row + 1 < splits.length; row++) {
      const from = splits[row]!;
      const length = splits[row + 1]! - from;
      if (from < 0 || length < 0 || splits[row + 1]! > tokens.length) {
        throw invalid(`Invalid split value ${splits[row + 1]}, must be in [${from}, ${tokens.length}]`);
      }
      const first = out.length;
      for (const width of widths) {
        const pad = padOf(width);
        make(from, length, width, pad, Math.max(0, length + 2 * pad - width + 1));
      }
      if (preserveShort && out.length === first && length > 0) {
        make(from, length, length + 2 * Math.max(0, padWidth), Math.max(0, padWidth), 1);
      }
      outSplits.push(out.length);
    }
    return [
      { dtype: "DT_STRING", shape: [out.length], data: out },
      integers(splitType, [outSplits.length], outSplits),
    ];
  };
};

const ENCODINGS: Readonly<Record<string, string>> = {
  "UTF-16-BE": "utf-16be",
  "UTF-16-LE": "utf-16le",
  "UTF-16": "utf-16le",
  LATIN1: "iso-8859-1",
};

/** 0x80 to 0x9f, which some versions of Node decode as Latin-1. */
const WINDOWS_1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
  0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
  0x153, 0x9d, 0x17e, 0x178,
];

/** Code points of text in any encoding that both ICU and this engine know. */
function codePoints(bytes: Uint8Array, encoding: string): number[] {
  if (encoding === "UTF-32-BE") {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getUint32(4 * i));
  }
  let text: string;
  if (/^windows-1252$/i.test(encoding)) {
    return Array.from(bytes, (byte) => (byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252[byte - 0x80]! : byte));
  }
  if (encoding === "LATIN1" || encoding === "ISO-8859-1") {
    return Array.from(bytes);
  }
  try {
    text = new TextDecoder(ENCODINGS[encoding] ?? encoding, { ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`Could not create converter for input encoding: ${encoding}`);
  }
  return Array.from(text, (c) => c.codePointAt(0)!);
}

function encodePoints(points: readonly number[], encoding: string): Uint8Array {
  if (encoding === "UTF-8") return encoder.encode(String.fromCodePoint(...points));
  if (encoding === "UTF-32-BE") {
    const view = new DataView(new ArrayBuffer(points.length * 4));
    for (const [i, point] of points.entries()) view.setUint32(4 * i, point);
    return new Uint8Array(view.buffer);
  }
  const text = points.map((point) => String.fromCodePoint(point)).join("");
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i));
  return new Uint8Array(view.buffer);
}

const transcode: KernelFactory = (node) => {
  const from = node.attrs.string("input_encoding");
  const to = node.attrs.string("output_encoding");
  const errors = node.attrs.string("errors");
  const replacement = node.attrs.int("replacement_char");
  const controls = node.attrs.bool("replace_control_characters");
  return ([x]) => ({
    dtype: "DT_STRING",
    shape: x!.shape,
    data: strings(x!).map((bytes) => {
      const points: number[] = [];
      for (const point of codePoints(bytes, from)) {
        const bad = point === 0xfffd;
        if (bad && errors === "strict") throw invalid("Invalid formatting on input string");
        const wrong = bad || (controls && point <= 0x1f);
        if (wrong && errors === "ignore") continue;
        points.push(wrong ? replacement : point);
      }
      return encodePoints(points, to);
    }),
  });
};

/** ICU's numbers of scripts, by the names that regular expressions know. */
const SCRIPTS =
  "Zyyy Zinh Arab Armn Beng Bopo Cher Copt Cyrl Dsrt Deva Ethi Geor Goth Grek Gujr Guru Hani Hang Hebr Hira Knda Kana Khmr Laoo Latn Mlym Mong Mymr Ogam Ital Orya Runr Sinh Syrc Taml Telu Thaa Thai Tibt Cans Yiii Tglg Hano Buhd Tagb Brai Cprt Limb Linb Osma Shaw Tale Ugar Hrkt Bugi Glag Khar Sylo Talu Tfng Xpeo";
let scriptTests: { readonly number: number; readonly test: RegExp }[] | undefined;

function scriptOf(point: number): number {
  if (point < 0 || point > 0x10ffff) return -1;
  scriptTests ??= SCRIPTS.split(" ")
    .map((name, number) => ({ name, number }))
    // Katakana or Hiragana is no character's own script.
    .filter(({ name }) => name !== "Hrkt")
    .map(({ name, number }) => ({ number, test: new RegExp(`^\\p{Script=${name}}$`, "u") }));
  const text = String.fromCodePoint(point);
  const found = scriptTests.find(({ test }) => test.test(text));
  if (found) return found.number;
  if (/^[\p{Cn}\p{Co}\p{Cs}]$/u.test(text)) return 103;
  throw unimplemented(`the script of U+${point.toString(16).toUpperCase()} has no number here`, [
    "UnicodeScript",
  ]);
}

/** Levenshtein distance of two lists. */
function distance(a: readonly unknown[], b: readonly unknown[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

const editDistance: KernelFactory = (node) => {
  const normalize = node.attrs.bool("normalize");
  return ([hIndices, hValues, hShape, tIndices, tValues, tShape]) => {
    const dims = ints(hShape!);
    const truthDims = ints(tShape!);
    const shape = dims.slice(0, -1).map((n, d) => Math.max(n, truthDims[d]!));
    const strides = stridesOf(shape);
    const grouped = (indices: Value, values: Value): Map<number, unknown[]> => {
      const groups = new Map<number, unknown[]>();
      const at = ints(indices);
      const rank = dims.length;
      const source = values.data as ArrayLike<unknown>;
      for (let k = 0; k < source.length; k++) {
        let cell = 0;
        for (let d = 0; d < rank - 1; d++) cell += at[k * rank + d]! * strides[d]!;
        const item = source[k];
        const group = groups.get(cell);
        const key = item instanceof Uint8Array ? Buffer.from(item).toString("latin1") : item;
        if (group) group.push(key);
        else groups.set(cell, [key]);
      }
      return groups;
    };
    const hypotheses = grouped(hIndices!, hValues!);
    const truths = grouped(tIndices!, tValues!);
    const data = new Float32Array(product(shape));
    for (let cell = 0; cell < data.length; cell++) {
      const hypothesis = hypotheses.get(cell) ?? [];
      const truth = truths.get(cell) ?? [];
      if (truth.length === 0) {
        data[cell] = normalize && hypothesis.length > 0 ? Number.POSITIVE_INFINITY : hypothesis.length;
      } else data[cell] = distance(truth, hypothesis) / (normalize ? truth.length : 1);
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

/** Fields of one CSV record, as DecodeCSV splits them. */
function csvFields(text: string, delimiter: string, quotes: boolean): string[] {
  const fields: string[] = [];
  let at = 0;
  if (text.length === 0) return fields;
  while (at <= text.length) {
    if (quotes && text[at] === '"') {
      let field = "";
      at++;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) throw invalid("Quoted field has to end with quote followed by delim or end");
        field += text.slice(at, quote);
        if (text[quote + 1] === '"') {
          field += '"';
          at = quote + 2;
          continue;
        }
        at = quote + 1;
        break;
      }
      if (at < text.length && text[at] !== delimiter)
        throw invalid("Quote inside a string has to be escaped by another quote");
      fields.push(field);
      at++;
      if (at > text.length) break;
      if (at === text.length) {
        fields.push("");
        break;
      }
      continue;
    }
    let end = text.indexOf(delimiter, at);
    if (end < 0) end = text.length;
    const field = text.slice(at, end);
    if (quotes && /["\r\n]/.test(field)) throw invalid("Unquoted fields cannot have quotes/CRLFs inside");
    fields.push(field);
    at = end + 1;
    if (end === text.length) break;
    if (at === text.length) {
      fields.push("");
      break;
    }
  }
  return fields;
}

const INTEGER_BITS: Partial<Record<DType, number>> = { DT_INT32: 32, DT_INT64: 64 };

function csvValue(text: string, dtype: DType, field: number, record: number): number | bigint | Uint8Array {
  const trimmed = text.trim();
  const bad = () => invalid(`Field ${field} in record ${record} is not a valid ${dtypeName(dtype)}: ${text}`);
  if (dtype === "DT_STRING") return new Uint8Array(Buffer.from(text, "latin1"));
  const bits = INTEGER_BITS[dtype];
  if (bits !== undefined) {
    if (!/^[+-]?\d+$/.test(trimmed)) throw bad();
    const value = BigInt(trimmed.replace(/^\+/, ""));
    if (BigInt.asIntN(bits, value) !== value) throw bad();
    return bits === 64 ? value : Number(value);
  }
  if (/^[+-]?(inf|infinity)$/i.test(trimmed))
    return trimmed.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(trimmed)) return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) throw bad();
  return Number(trimmed);
}

const decodeCsv: KernelFactory = (node) => {
  const delimiter = node.attrs.string("field_delim");
  const quotes = node.attrs.bool("use_quote_delim");
  const missing = node.attrs.string("na_value");
  const dtypes = node.attrs.dtypes("OUT_TYPE");
  const picked = node.attrs.ints("select_cols");
  if (delimiter.length !== 1) throw invalid("field_delim should be only 1 char");
  return ([records, ...defaults]) => {
    const outputs = dtypes.map((dtype) => allocate(dtype, records!.shape) as unknown as unknown[]);
    for (const [r, bytes] of strings(records!).entries()) {
      const all = csvFields(Buffer.from(bytes).toString("latin1"), delimiter, quotes);
      const fields = picked.length > 0 ? picked.map((c) => all[c]).filter((f) => f !== undefined) : all;
      if (fields.length !== dtypes.length)
        throw invalid(`Expect ${dtypes.length} fields but have ${fields.length} in record ${r}`);
      for (const [f, dtype] of dtypes.entries()) {
        const text = fields[f]!;
        if (text === "" || text === missing) {
          const fallback = defaults[f]!;
          if (product(fallback.shape) === 0)
            throw invalid(`Field ${f} is required but missing in record ${r}!`);
          outputs[f]![r] = (fallback.data as ArrayLike<unknown>)[0];
        } else outputs[f]![r] = csvValue(text, dtype, f, r);
      }
    }
    return dtypes.map((dtype, f) => ({
      dtype,
      shape: records!.shape,
      data: outputs[f] as unknown as Value["data"],
    }));
  };
};

/** Most bytes that one compressed string may inflate to. */
const MAX_INFLATED = 256 * 1024 * 1024;

const decompress: KernelFactory = (node) => {
  const kind = node.attrs.string("compression_type");
  const inflate = {
    ZLIB: inflateSync,
    GZIP: gunzipSync,
    RAW: inflateRawSync,
  }[kind];
  if (!inflate && kind !== "") throw invalid("Only ZLIB, GZIP or NONE are supported compressions");
  return ([x]) => ({
    dtype: "DT_STRING",
    shape: x!.shape,
    data: inflate
      ? strings(x!).map((bytes) => {
          try {
            return new Uint8Array(inflate(bytes, { maxOutputLength: MAX_INFLATED }));
          } catch (error) {
            throw new GraphError(
              "DATA_LOSS",
              `inflate() failed with error ${(error as { errno?: number }).errno ?? -3}: ${(error as Error).message}`,
            );
          }
        })
      : strings(x!),
  });
};

/** Features made of text: n-grams, encodings, records, distances. */
export const textFeatureKernels: KernelTable = {
  StringNGrams: nGrams,
  UnicodeTranscode: transcode,
  UnicodeScript:
    () =>
    ([x]) => ({ dtype: "DT_INT32", shape: x!.shape, data: Int32Array.from(x!.data as Int32Array, scriptOf) }),
  EditDistance: editDistance,
  DecodeCSV: decodeCsv,
  DecodeCompressed: decompress,
};
