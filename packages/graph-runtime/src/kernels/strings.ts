import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { integers, ints, product, scalarInt, shapeText, strings, type Value } from "../value.ts";
import { farmHash64 } from "./farm-hash.ts";
import { reductionAxes } from "./reduce.ts";
import { compileRe2, rewriteOf } from "./regex.ts";
import { sipHash24 } from "./sip-hash.ts";
import { transpose } from "./strided.ts";
import { characterStarts, decode, encode, latin, unlatin } from "./text-bytes.ts";

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

function base64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(text)) throw invalid("Invalid character found in base64.");
  const body = text.replace(/=+$/, "");
  if (body.length % 4 === 1) throw invalid("1 trailing base64 character is not decodable.");
  return new Uint8Array(Buffer.from(body, "base64url"));
}

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
